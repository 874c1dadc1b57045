// Package autograd computes with tensors and goes back through what was computed.
//
// A [Tensor] is a contiguous row-major block of numbers with a shape. It belongs to a [Tape] or to none (a constant).
// An op is a method of Tensor: calling it computes the result at once and appends the way back to the tape;
// [Tape.Backward] reads the tape in reverse. Ops are written with [New] and [Tensor.Record], which are exported:
// an op of your own is a function built from the same parts (see the example Swish).
//
// # Letters of shapes
//
// Docstrings name the axes of shapes with these letters:
//
//	n        rows: samples of a batch, or every axis but the last taken together
//	c        classes, channels or features: the last axis
//	in, out  features that go into and come out of a layer
//	v        entries of an embedding table
//	m, k     rows and inner axis of a matrix product
//	t, s     positions of a sequence: of queries, and of the keys that they look at
//	d        features of one head of attention
//	t, h     steps of a sequence, and features of a recurrent op's state
//	...      any number of further axes
//
// Images are [n, c, height, width], and what windows make of them [n, c, rows, columns]; signals are [n, c, width] and
// [n, c, steps]. Their channels c are axis 1, as in PyTorch.
//
// # Broadcasting
//
// Binary ops follow NumPy: shapes are aligned at their last axis, and an axis of length 1 (or a missing one) is
// repeated. The gradient of a repeated operand is the sum over its repetitions.
//
// # Mistakes and errors
//
// A mistake in the calling code (shapes that do not fit, a tensor used after Reset) panics with a [*ShapeError] or a
// [*UsageError]. [Catch] turns such a panic into an error where a program wants to go on.
//
// # Precision
//
// Tensors are float32 to train and float64 to check gradients. Sums that can drift are carried in float64.
package autograd
