package autograd

import "slices"

// Reshape returns x's values under another shape: the same memory and the same gradient, so nothing is recorded.
// One axis may be -1: it takes what the others leave. It panics with a [*ShapeError] when the sizes differ.
func (x *Tensor[T]) Reshape(shape ...int) *Tensor[T] {
	x.check()
	open := slices.Index(shape, -1)
	if open >= 0 {
		shape = slices.Clone(shape)
		shape[open] = 1
		if n := volume("reshape", shape); n > 0 {
			shape[open] = len(x.data) / n
		}
	}
	if volume("reshape", shape) != len(x.data) {
		panic(&ShapeError{Op: "reshape", Operands: []Operand{x.operand(), {Shape: slices.Clone(shape)}}, Reason: "the number of elements must stay"})
	}
	if x.tape == nil {
		return &Tensor[T]{data: x.data, shape: slices.Clone(shape), name: x.name}
	}
	x.used = true
	y := x.tape.head(x.tape.keep(shape))
	y.data, y.slot, y.name = x.data, x.slot, x.name
	return y
}

// Flatten joins the axes from the given one on into one.  x [a, b, c, ...], y [a, b*c*...] for axis 1
func (x *Tensor[T]) Flatten(axis int) *Tensor[T] {
	axis = x.axis("flatten", axis)
	var axes [usualAxes]int
	return x.Reshape(append(append(axes[:0], x.shape[:axis]...), product(x.shape[axis:]))...)
}

// Unsqueeze inserts an axis of length 1 before the given one; -1 appends it.
func (x *Tensor[T]) Unsqueeze(axis int) *Tensor[T] {
	rank := len(x.shape)
	if axis < -rank-1 || axis > rank {
		misuse("unsqueeze", "axis %d of shape %v: from %d to %d", axis, x.shape, -rank-1, rank)
	}
	if axis < 0 {
		axis += rank + 1
	}
	var axes [usualAxes]int
	return x.Reshape(append(append(append(axes[:0], x.shape[:axis]...), 1), x.shape[axis:]...)...)
}

// Squeeze removes an axis of length 1.
func (x *Tensor[T]) Squeeze(axis int) *Tensor[T] {
	axis = x.axis("squeeze", axis)
	if x.shape[axis] != 1 {
		x.mismatch("squeeze", "only an axis of length 1 can go")
	}
	var axes [usualAxes]int
	return x.Reshape(append(append(axes[:0], x.shape[:axis]...), x.shape[axis+1:]...)...)
}
