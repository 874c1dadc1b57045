package autograd

import "github.com/heft-ml/heft/internal/simd"

// Sigmoid returns σ(x) = 1 / (1 + e⁻ˣ).  x, y: any equal shape
func (x *Tensor[T]) Sigmoid() *Tensor[T] {
	y := x.Like()
	simd.Sigmoid(y.data, x.data)
	return y.Record("sigmoid", func(dy []T) {
		dx, beta := x.GradTo()
		simd.SigmoidBackward(dx, beta, dy, x.data)
	})
}

// LogSigmoid returns ln σ(x), which stays finite where σ(x) rounds to 0.  x, y: any equal shape
func (x *Tensor[T]) LogSigmoid() *Tensor[T] {
	y := x.Like()
	simd.LogSigmoid(y.data, x.data)
	return y.Record("log_sigmoid", func(dy []T) {
		dx, beta := x.GradTo()
		simd.LogSigmoidBackward(dx, beta, dy, x.data)
	})
}

// SiLU returns x σ(x), also called swish (arXiv:1606.08415, arXiv:1710.05941).  x, y: any equal shape
func (x *Tensor[T]) SiLU() *Tensor[T] { return x.points("silu", SiLUPoints[T]()) }
