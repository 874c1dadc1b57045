package autograd

import (
	"math"

	"github.com/heft-ml/heft/internal/simd"
)

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
	n, c := x.rows()
	y := New(x.shape, x, gain)
	rstd := y.save64(n)
	for r := range n {
		rstd[r] = 1 / math.Sqrt(simd.SumSquares(x.data[r*c:(r+1)*c])/float64(c)+eps)
	}
	return x.normalizeRows(op, y, nil, rstd, gain, nil)
}
