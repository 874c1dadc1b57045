package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Gather picks elements along an axis, as torch.gather: for axis 0 of three, y[i, j, k] = x[index[i, j, k], j, k].
// In the other axes the index may be shorter than x. Elements picked twice gather both gradients.
// It panics with a [*UsageError] that names the position of an index out of range.
//
//	x [...], index, y [...] of the same rank
func (x *Tensor[T]) Gather(axis int, index Labels) *Tensor[T] {
	axis = x.axis("gather", axis)
	at := x.gatherOffsets(axis, index)
	y := New(index.Shape, x)
	simd.Gather(y.data, x.data, at)
	return y.Record("gather", func(dy []T) { simd.GatherBackward(x.Grad(), dy, at) })
}

// gatherOffsets returns where in x's data each element is taken from.
func (x *Tensor[T]) gatherOffsets(axis int, index Labels) []int {
	index.check("gather")
	fits := len(index.Shape) == len(x.shape)
	for a := 0; fits && a < len(x.shape); a++ {
		fits = a == axis || index.Shape[a] <= x.shape[a]
	}
	if !fits {
		panic(&ShapeError{
			Op:       "gather",
			Operands: []Operand{x.operand(), index.operand()},
			Reason:   "the index needs x's rank, and no axis longer than x's but the one gathered along",
		})
	}
	index.within("gather", x.shape[axis])
	strides := make([]int, len(x.shape))
	for a := range strides {
		strides[a] = product(x.shape[a+1:])
	}
	step := strides[axis]
	strides[axis] = 0
	at := make([]int, len(index.Data))
	walkStrided(index.Shape, strides, func(i, offset int) { at[i] = offset + int(index.Data[i])*step })
	return at
}

// check panics when labels were put together with a shape that they do not fill.
func (l Labels) check(op string) {
	if volume(op, l.Shape) != len(l.Data) {
		panic(&ShapeError{Op: op, Operands: []Operand{l.operand()}, Reason: countReason(len(l.Data))})
	}
}

// within panics with the position of the first label that is not one of 0 to n-1.
func (l Labels) within(op string, n int) {
	for i, v := range l.Data {
		if v < 0 || int(v) >= n {
			misuse(op, "index %d at position %v is out of range: there are %d, counted from 0", v, position(i, l.Shape), n)
		}
	}
}

func (l Labels) operand() Operand { return Operand{Shape: slices.Clone(l.Shape)} }

// position returns the index along every axis of the i-th element of a shape.
func position(i int, shape []int) []int {
	at := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		at[a] = i % shape[a]
		i /= shape[a]
	}
	return at
}
