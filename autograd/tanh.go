package autograd

import "github.com/heft-ml/heft/internal/simd"

// Tanh returns the hyperbolic tangent of x.  x, y: any equal shape
func (x *Tensor[T]) Tanh() *Tensor[T] {
	y := x.Like()
	simd.Tanh(y.data, x.data)
	return y.Record("tanh", func(dy []T) {
		dx, beta := x.GradTo()
		simd.TanhBackward(dx, beta, dy, x.data)
	})
}
