package autograd

import "github.com/heft-ml/heft/internal/simd"

// Softplus returns ln(1 + eˣ), computed as max(x, 0) + ln(1 + e^-|x|) (Dugas et al. 2000). PyTorch returns x above 20,
// which differs by less than 3e-9.
//
//	x, y: any equal shape
func (x *Tensor[T]) Softplus() *Tensor[T] {
	y := x.Like()
	simd.Softplus(y.data, x.data)
	return y.Record("softplus", func(dy []T) {
		dx, beta := x.GradTo()
		simd.SoftplusBackward(dx, beta, dy, x.data)
	})
}
