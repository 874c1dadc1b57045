package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Slice returns the elements from start up to, not including, end along one axis, copied. Negative positions count from
// the end, as in Python; positions outside of the axis panic with a [*UsageError], unlike there.
//
//	x [..., d, ...], y [..., end-start, ...]
func (x *Tensor[T]) Slice(axis, start, end int) *Tensor[T] {
	axis = x.axis("slice", axis)
	d := x.shape[axis]
	from, to := start, end
	if from < 0 {
		from += d
	}
	if to < 0 {
		to += d
	}
	if from < 0 || from > to || to > d {
		misuse("slice", "from %d to %d is not within axis %d of shape %v", start, end, axis, x.shape)
	}
	shape := slices.Clone(x.shape)
	shape[axis] = to - from
	return x.cut("slice", shape, axis, from, to-from)
}

// Select returns the elements at one position of an axis, which goes. A negative position counts from the end; one
// outside of the axis panics with a [*UsageError].
//
//	x [..., d, ...], y [..., ...]
func (x *Tensor[T]) Select(axis, i int) *Tensor[T] {
	axis = x.axis("select", axis)
	d := x.shape[axis]
	if i < -d || i >= d {
		misuse("select", "position %d is not within axis %d of shape %v", i, axis, x.shape)
	}
	if i < 0 {
		i += d
	}
	return x.cut("select", slices.Delete(slices.Clone(x.shape), axis, axis+1), axis, i, 1)
}

// Split returns consecutive slices of the given sizes along one axis, copied. The sizes must add up to the axis.
func (x *Tensor[T]) Split(axis int, sizes ...int) []*Tensor[T] {
	axis = x.axis("split", axis)
	total := 0
	for _, n := range sizes {
		if n < 0 {
			misuse("split", "sizes %v: none can be negative", sizes)
		}
		total += n
	}
	if total != x.shape[axis] {
		misuse("split", "sizes %v add up to %d, but axis %d of shape %v has %d", sizes, total, axis, x.shape, x.shape[axis])
	}
	parts := make([]*Tensor[T], len(sizes))
	from := 0
	for i, n := range sizes {
		parts[i] = x.Slice(axis, from, from+n)
		from += n
	}
	return parts
}

// cut copies n positions of an axis, from the given one on, to a tensor of the given shape.
func (x *Tensor[T]) cut(op string, shape []int, axis, from, n int) *Tensor[T] {
	outer, d, inner := x.split(axis)
	size := n * inner
	y := New(shape, x)
	simd.Copy(y.data, x.data, simd.Blocks{Count: outer, Size: size, DstStep: size, Src: from * inner, SrcStep: d * inner})
	return y.Record(op, func(dy []T) {
		simd.CopyBackward(x.Grad(), 1, dy, simd.Blocks{Count: outer, Size: size, Dst: from * inner, DstStep: d * inner, SrcStep: size})
	})
}
