package autograd

import "github.com/heft-ml/heft/internal/simd"

// Where returns x where the mask is true, else z. No gradient flows to what was not chosen.
//
//	x, z, mask: shapes that broadcast to y's
func (x *Tensor[T]) Where(mask Mask, z *Tensor[T]) *Tensor[T] {
	mask.check("where")
	shape, ok := joinShapes(nil, broadcastShape("where", x, z), mask.Shape)
	if !ok {
		panic(&ShapeError{
			Op:       "where",
			Operands: []Operand{x.operand(), z.operand(), mask.operand()},
			Reason:   "the mask must broadcast with the tensors",
		})
	}
	y := New(shape, x, z)
	chosen := mask.broadcast(shape)
	simd.Where(y.data, chosen, x.broadcast(y), z.broadcast(y))
	return y.Record("where", func(dy []T) {
		x.gradThrough(y, func(dx []T, beta T) { simd.WhereBackward(dx, beta, dy, chosen, true) })
		z.gradThrough(y, func(dz []T, beta T) { simd.WhereBackward(dz, beta, dy, chosen, false) })
	})
}

// Clamp returns x moved into [lo, hi]; either end may be infinite. The gradient passes where lo < x < hi: on the ends it
// is 0, as ReLU's and as in PyTorch 2.15 (earlier versions pass it there). NaN stays NaN, and its gradient passes.
// It panics with a [*UsageError] unless lo <= hi.
//
//	x, y: any equal shape
func (x *Tensor[T]) Clamp(lo, hi T) *Tensor[T] {
	if !(lo <= hi) {
		misuse("clamp", "the range from %v to %v is empty", lo, hi)
	}
	y := x.Like()
	simd.Clamp(y.data, lo, hi, x.data)
	return y.Record("clamp", func(dy []T) {
		dx, beta := x.GradTo()
		simd.ClampBackward(dx, beta, lo, hi, dy, x.data)
	})
}
