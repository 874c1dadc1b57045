package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Max returns the largest element over the given axes, which go; no axes means over everything. NaN wins. Equal
// largest elements share the gradient evenly (torch.amax). It panics with a [*ShapeError] when an axis is empty.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Max(axes ...int) *Tensor[T] { return x.extreme("max", 1, axes) }

// Min returns the smallest element over the given axes, which go; no axes means over everything. NaN wins. Equal
// smallest elements share the gradient evenly (torch.amin). It panics with a [*ShapeError] when an axis is empty.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Min(axes ...int) *Tensor[T] { return x.extreme("min", -1, axes) }

// extreme is the largest element for sign 1, the smallest for -1.
func (x *Tensor[T]) extreme(op string, sign T, axes []int) *Tensor[T] {
	z, outer, n, inner, rest := x.gathered(op, axes)
	if n == 0 {
		x.mismatch(op, emptyReason)
	}
	y := New(rest, z)
	simd.Extreme(y.data, sign, z.data, outer, n, inner)
	return y.Record(op, func(dy []T) {
		dz, beta := z.GradTo()
		simd.ExtremeBackward(dz, beta, dy, y.data, z.data, outer, n, inner)
	})
}

// ArgMax returns where the largest element stands along an axis, which goes: the first if several are equal. NaN is
// the largest (torch.argmax). It panics with a [*ShapeError] when the axis is empty.
//
//	x [...], labels [... without the axis]
func (x *Tensor[T]) ArgMax(axis int) Labels {
	x.check()
	axis = x.axis("argmax", axis)
	outer, n, inner := x.split(axis)
	if n == 0 {
		x.mismatch("argmax", emptyReason)
	}
	labels := Labels{make([]int32, outer*inner), slices.Delete(slices.Clone(x.shape), axis, axis+1)}
	simd.ArgMax(labels.Data, x.data, outer, n, inner)
	return labels
}

const emptyReason = "nothing has no largest or smallest element"
