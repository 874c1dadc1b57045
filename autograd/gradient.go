package autograd

import "github.com/heft-ml/heft/internal/simd"

const leafNode = -1

// slot is where the gradient of a tensor, and of its views, gathers.
type slot[T Float] struct {
	grad []T      // nil until the first contribution
	node int      // index of the tensor's op since the tape's birth, or leafNode
	tape *Tape[T] // whose memory the gradient is in: not the tensor's own tape where that has a mirror
}

// spent tells whether the way back from the slot's tensor is gone.
func (s *slot[T]) spent() bool { return s.node != leafNode && s.node < s.tape.spent }

// GradTo returns the memory for x's gradient and what to do with it: beta 0 means that nothing is there yet and all of
// it must be overwritten, beta 1 that the op must add to it. The slice is nil when x wants no gradient.
// Finish with one input before asking for the next: two inputs may be the same tensor. With beta 0 the memory may hold
// anything, NaN too, so beta*dx[i] is no way to write this; ops of your own are simpler with [Tensor.Grad].
func (x *Tensor[T]) GradTo() (dx []T, beta T) {
	s := x.slot
	if s == nil {
		return nil, 0
	}
	if s.grad != nil {
		return s.grad, 1
	}
	if s.node == leafNode { // handed out after Backward, so never recycled within a pass
		s.grad = s.tape.arena.take(len(x.data))
	} else {
		s.grad = s.tape.scratch(len(x.data))
	}
	return s.grad, 0
}

// Grad is GradTo for ops that add here and there: the memory starts as zeros.
func (x *Tensor[T]) Grad() []T {
	dx, beta := x.GradTo()
	if beta == 0 {
		clear(dx)
	}
	return dx
}

// AddGrad adds dx, which has x's size, to x's gradient.
func (x *Tensor[T]) AddGrad(dx []T) {
	switch g, beta := x.GradTo(); {
	case g == nil:
	case beta == 0:
		copy(g, dx)
	default:
		simd.Add(g, g, dx)
	}
}

// gradThrough calls f with the memory for a gradient of shape like's, which x was broadcast to, and folds it to x's own.
func (x *Tensor[T]) gradThrough(like *Tensor[T], f func(dx []T, beta T)) {
	switch {
	case x.slot == nil:
	case sameShape(x.shape, like.shape):
		dx, beta := x.GradTo()
		f(dx, beta)
	default:
		full := like.Temp(len(like.data))
		f(full, 0)
		reduceTo(x.Grad(), x.shape, full, like.shape)
	}
}

// PeekGrad returns what has gathered at a leaf so far, or nil. The memory lives until Reset.
func (x *Tensor[T]) PeekGrad() []T {
	x.check()
	if x.slot == nil {
		return nil
	}
	return x.slot.grad
}

// TakeGrad hands over what has gathered at a leaf, or nil, and lets the next Backward start afresh.
// The memory lives until Reset.
func (x *Tensor[T]) TakeGrad() []T {
	g := x.PeekGrad()
	if g != nil {
		x.slot.grad = nil
	}
	return g
}

// scratch returns n uninitialised elements, recycled if a piece of about that size is free.
func (t *Tape[T]) scratch(n int) []T {
	for i := len(t.free) - 1; i >= 0; i-- {
		f := t.free[i]
		if cap(f) >= n && cap(f) <= n+n/8+64 {
			last := len(t.free) - 1
			t.free[i], t.free[last] = t.free[last], nil
			t.free = t.free[:last]
			f = f[:n]
			poisonRecycled(f)
			return f
		}
	}
	return t.arena.take(n)
}
