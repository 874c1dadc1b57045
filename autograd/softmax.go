package autograd

import "github.com/heft-ml/heft/internal/simd"

// Softmax returns eˣ / Σ eˣ, the sum along one axis. Elements of -Inf get 0, as masks want; a line of nothing else is
// NaN.
//
//	x, y: any equal shape
func (x *Tensor[T]) Softmax(axis int) *Tensor[T] {
	outer, n, inner := x.split(x.axis("softmax", axis))
	y := x.Like()
	simd.Softmax(y.data, x.data, outer, n, inner)
	return y.Record("softmax", func(dy []T) {
		dx, beta := x.GradTo()
		simd.SoftmaxBackward(dx, beta, dy, y.data, outer, n, inner)
	})
}

// LogSoftmax returns x - ln Σ eˣ, the sum along one axis: the logarithm of [Tensor.Softmax], finite where that rounds
// to 0.
//
//	x, y: any equal shape
func (x *Tensor[T]) LogSoftmax(axis int) *Tensor[T] {
	outer, n, inner := x.split(x.axis("log_softmax", axis))
	y := x.Like()
	simd.LogSoftmax(y.data, x.data, outer, n, inner)
	return y.Record("log_softmax", func(dy []T) {
		dx, beta := x.GradTo()
		simd.LogSoftmaxBackward(dx, beta, dy, y.data, outer, n, inner)
	})
}
