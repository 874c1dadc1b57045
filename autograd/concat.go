package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Concat joins tensors one after another along an axis; their other axes must be equal.
//
//	xs [..., d_i, ...], y [..., sum of d_i, ...]
func Concat[T Float](axis int, xs ...*Tensor[T]) *Tensor[T] { return concat("concat", axis, xs) }

// Stack joins tensors of one shape along a new axis, which is inserted before the given one of theirs; -1 makes it the
// last.
//
//	xs [...], y [..., len(xs), ...]
func Stack[T Float](axis int, xs ...*Tensor[T]) *Tensor[T] {
	lifted := make([]*Tensor[T], len(xs))
	for i, x := range xs {
		if !sameShape(x.shape, xs[0].shape) {
			xs[0].mismatch("stack", "shapes must be equal", xs[1:]...)
		}
		lifted[i] = x.Unsqueeze(axis)
	}
	return concat("stack", axis, lifted)
}

// concat copies each of xs, an axis of which may differ, to its place along that axis.
func concat[T Float](op string, axis int, xs []*Tensor[T]) *Tensor[T] {
	if len(xs) == 0 {
		misuse(op, "at least one tensor is needed")
	}
	xs = slices.Clone(xs) // the caller may use the slice again before the way back
	axis = xs[0].axis(op, axis)
	shape := slices.Clone(xs[0].shape)
	for _, x := range xs[1:] {
		if len(x.shape) != len(shape) || !sameShape(x.shape[:axis], shape[:axis]) || !sameShape(x.shape[axis+1:], shape[axis+1:]) {
			xs[0].mismatch(op, "every axis but the joined one must be equal", xs[1:]...)
		}
		shape[axis] += x.shape[axis]
	}
	y := New(shape, xs...)
	outer, _, inner := y.split(axis)
	row := shape[axis] * inner
	at := 0
	for _, x := range xs {
		size := x.shape[axis] * inner
		simd.Copy(y.data, x.data, simd.Blocks{Count: outer, Size: size, Dst: at, DstStep: row, SrcStep: size})
		at += size
	}
	return y.Record(op, func(dy []T) {
		at := 0
		for _, x := range xs {
			size := x.shape[axis] * inner
			if dx, beta := x.GradTo(); dx != nil {
				simd.CopyBackward(dx, beta, dy, simd.Blocks{Count: outer, Size: size, DstStep: size, Src: at, SrcStep: row})
			}
			at += size
		}
	})
}
