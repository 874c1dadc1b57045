// Package nn builds networks: parameters owned by a [Store], layers that name them, and a [Pass] that computes.
//
//	s := nn.NewStore(1, initializer.KaimingNormal()) // seed, scheme
//	net := nn.NewMLP(s.Root(), 64, 128, 10)
//	p := nn.NewPass(s, nn.Training)                  // one per goroutine
//	loss := net.Forward(p, p.Input(x)).CrossEntropy(y)
//	grads := p.Backward(loss)                        // a value: there is no ZeroGrad to forget
//
// A [Param] is described where its layer is made (name, kind, shape, fans) and is not a tensor. [Pass.Of] is the only
// way to compute with one, so freezing and multipliers each have one place. Layers hold no arithmetic: they name
// parameters, call an op of package autograd and return through [Pass.Tap], where probes look.
//
// # Who may be shared
//
// Stores and layers may be read by any number of goroutines at once; a Pass belongs to one. An optimizer's step, or
// [Store.Load], must not run while passes do.
//
// # Letters of shapes
//
//	n        samples of a batch
//	in, out  features into and out of a layer
//	c        channels or features: the last axis
//	v        entries of an embedding table
//	t, s     positions of a sequence: of queries, and of the keys that they look at
//	d        features of one head of attention
//	h        features of a recurrent layer's state
//	...      any number of further axes
//
// Images are [n, c, height, width] and signals [n, c, width]: their channels c are axis 1, as in PyTorch.
package nn
