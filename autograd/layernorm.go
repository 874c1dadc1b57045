package autograd

import "github.com/heft-ml/heft/internal/simd"

// LayerNorm normalizes every row of the last axis to mean 0 and variance 1, then applies gain and shift
// (arXiv:1607.06450):
//
//	y = (x - mean) / sqrt(variance + eps) ⊙ gain + shift
//
//	x, y [..., c], gain [c] or nil, shift [c] or nil
func (x *Tensor[T]) LayerNorm(gain, shift *Tensor[T], eps float64) *Tensor[T] {
	const op = "layer_norm"
	if len(x.shape) == 0 {
		x.mismatch(op, "an axis to normalize is needed")
	}
	x.checkNormalization(op, len(x.shape)-1, eps, gain, shift)
	n, _ := x.rows()
	y := New(x.shape, x, gain, shift)
	mean, rstd := y.save64(n), y.save64(n)
	simd.LayerNorm(y.data, mean, rstd, x.data, gain.values(), shift.values(), eps)
	return x.recordNormalization(op, y, mean, rstd, gain, shift)
}
