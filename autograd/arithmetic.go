package autograd

import "github.com/heft-ml/heft/internal/simd"

// Add returns x + z.  x, z: shapes that broadcast to y's
func (x *Tensor[T]) Add(z *Tensor[T]) *Tensor[T] {
	y := New(broadcastShape("add", x, z), x, z)
	simd.Add(y.data, x.passing(y), z.passing(y))
	return y.recordAdd(x, z)
}

// recordAdd records y = x + z.
func (y *Tensor[T]) recordAdd(x, z *Tensor[T]) *Tensor[T] {
	return y.Record("add", func(dy []T) {
		for _, v := range [2]*Tensor[T]{x, z} {
			v.gradThrough(y, func(dx []T, beta T) { simd.Scale(dx, beta, 1, dy) })
		}
	})
}

// Sub returns x - z.  x, z: shapes that broadcast to y's
func (x *Tensor[T]) Sub(z *Tensor[T]) *Tensor[T] {
	y := New(broadcastShape("sub", x, z), x, z)
	simd.Sub(y.data, x.passing(y), z.passing(y))
	return y.Record("sub", func(dy []T) {
		x.gradThrough(y, func(dx []T, beta T) { simd.Scale(dx, beta, 1, dy) })
		z.gradThrough(y, func(dz []T, beta T) { simd.Scale(dz, beta, -1, dy) })
	})
}

// Mul returns x ⊙ z, element by element.  x, z: shapes that broadcast to y's
func (x *Tensor[T]) Mul(z *Tensor[T]) *Tensor[T] {
	y := New(broadcastShape("mul", x, z), x, z)
	xs, zs := x.broadcast(y), z.broadcast(y)
	simd.Mul(y.data, xs, zs)
	return y.Record("mul", func(dy []T) {
		x.gradThrough(y, func(dx []T, beta T) { simd.MulBackward(dx, beta, dy, zs) })
		z.gradThrough(y, func(dz []T, beta T) { simd.MulBackward(dz, beta, dy, xs) })
	})
}

// Div returns x / z, element by element.  x, z: shapes that broadcast to y's
func (x *Tensor[T]) Div(z *Tensor[T]) *Tensor[T] {
	y := New(broadcastShape("div", x, z), x, z)
	zs := z.broadcast(y)
	simd.Div(y.data, x.broadcast(y), zs)
	return y.Record("div", func(dy []T) {
		x.gradThrough(y, func(dx []T, beta T) { simd.DivBackward(dx, beta, dy, zs) })
		z.gradThrough(y, func(dz []T, beta T) { simd.DivisorBackward(dz, beta, dy, y.data, zs) })
	})
}

// Neg returns -x.  x, y: any equal shape
func (x *Tensor[T]) Neg() *Tensor[T] { return x.scaled("neg", -1) }

// MulScalar returns s x.  x, y: any equal shape
func (x *Tensor[T]) MulScalar(s T) *Tensor[T] { return x.scaled("mul_scalar", s) }

func (x *Tensor[T]) scaled(op string, s T) *Tensor[T] {
	y := x.Like()
	y.loose = true
	simd.Scale(y.data, 0, s, x.data)
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		simd.Scale(dx, beta, s, dy)
	})
}

// AddScalar returns x + s.  x, y: any equal shape
func (x *Tensor[T]) AddScalar(s T) *Tensor[T] {
	y := x.Like()
	simd.AddScalar(y.data, s, x.data)
	return y.Record("add_scalar", func(dy []T) { x.AddGrad(dy) })
}
