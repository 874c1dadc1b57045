package autograd

import "github.com/heft-ml/heft/internal/simd"

// RMSNorm scales every row of the last axis to root mean square 1, then applies the gain (arXiv:1910.07467):
//
//	y = x / sqrt(mean(x²) + eps) ⊙ gain
//
//	x, y [..., c], gain [c] or nil
func (x *Tensor[T]) RMSNorm(gain *Tensor[T], eps float64) *Tensor[T] {
	const op = "rms_norm"
	if len(x.shape) == 0 {
		x.mismatch(op, "an axis to normalize is needed")
	}
	x.checkNormalization(op, len(x.shape)-1, eps, gain, nil)
	n, _ := x.rows()
	y := New(x.shape, x, gain)
	rstd := y.save64(n)
	simd.RMSNorm(y.data, rstd, x.data, gain.values(), eps)
	return x.recordNormalization(op, y, nil, rstd, gain, nil)
}
