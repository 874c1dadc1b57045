package autograd

import "github.com/heft-ml/heft/internal/simd"

// GELU returns x Φ(x), with Φ the normal distribution function (arXiv:1606.08415).  x, y: any equal shape
func (x *Tensor[T]) GELU() *Tensor[T] {
	y := x.Like()
	simd.GELU(y.data, x.data)
	return y.Record("gelu", func(dy []T) {
		dx, beta := x.GradTo()
		simd.GELUBackward(dx, beta, dy, x.data)
	})
}

// GELUTanh returns GELU's tanh form, the one of GPT-2: x/2 (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) (arXiv:1606.08415).
//
//	x, y: any equal shape
func (x *Tensor[T]) GELUTanh() *Tensor[T] {
	y := x.Like()
	simd.GELUTanh(y.data, x.data)
	return y.Record("gelu_tanh", func(dy []T) {
		dx, beta := x.GradTo()
		simd.GELUTanhBackward(dx, beta, dy, x.data)
	})
}
