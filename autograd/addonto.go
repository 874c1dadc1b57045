package autograd

import "github.com/heft-ml/heft/internal/simd"

// AddOnto is Add that puts the sum where z lies, which then must not be used any more: z panics. It does so where the op that
// made z goes back without z's values, as [Tensor.Linear] does, nothing else uses z, and z has the sum's shape; else it is
// Add.
//
//	x, z: shapes that broadcast to y's
func (x *Tensor[T]) AddOnto(z *Tensor[T]) *Tensor[T] {
	if !z.loose || z.used || z.given || x == z || z.tape == nil || !sameShape(broadcastShape("add", x, z), z.shape) {
		return x.Add(z)
	}
	t, wants := join([]*Tensor[T]{x, z})
	y := t.head(z.shape)
	y.data, y.pending = z.data, wants
	z.given = true
	simd.Add(y.data, x.passing(y), y.data)
	return y.recordAdd(x, z)
}
