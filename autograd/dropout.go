package autograd

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/simd"
)

// Dropout returns x with each element zeroed with probability p and the others scaled by 1/(1-p), so that the mean
// stays (Srivastava et al. 2014). Which ones depends on r alone: one draw an element, in order. p = 0 draws nothing and
// returns x, p = 1 gives zeros. It panics with a [*UsageError] unless p is within [0, 1] and r is there where needed.
//
//	x, y: any equal shape
func (x *Tensor[T]) Dropout(p float64, r *rand.Rand) *Tensor[T] {
	if !(p >= 0 && p <= 1) {
		misuse("dropout", "the probability must be from 0 to 1, not %v", p)
	}
	if p == 0 {
		x.check()
		return x
	}
	if r == nil {
		misuse("dropout", "p = %v needs a source of randomness", p)
	}
	y := x.Like()
	kept := y.Save(len(y.data))
	scale := T(1 / (1 - p))
	for i := range kept {
		kept[i] = 0
		if r.Float64() >= p {
			kept[i] = scale
		}
	}
	simd.Mul(y.data, x.data, kept)
	return y.Record("dropout", func(dy []T) {
		dx, beta := x.GradTo()
		simd.MulBackward(dx, beta, dy, kept)
	})
}
