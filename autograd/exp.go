package autograd

import "github.com/heft-ml/heft/internal/simd"

// Exp returns eˣ.  x, y: any equal shape
func (x *Tensor[T]) Exp() *Tensor[T] {
	y := x.Like()
	simd.Exp(y.data, x.data)
	return y.Record("exp", func(dy []T) {
		dx, beta := x.GradTo()
		simd.MulBackward(dx, beta, dy, y.data)
	})
}

// Log returns ln x, which is -Inf at 0 and NaN below.  x, y: any equal shape
func (x *Tensor[T]) Log() *Tensor[T] {
	y := x.Like()
	simd.Log(y.data, x.data)
	return y.Record("log", func(dy []T) {
		dx, beta := x.GradTo()
		simd.DivBackward(dx, beta, dy, x.data)
	})
}
