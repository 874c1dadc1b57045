package autograd

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/simd"
)

// DropPath returns x with each sample, an element of axis 0, zeroed as a whole with probability p and the others scaled by
// 1/(1-p), so that the mean stays: stochastic depth (arXiv:1603.09382), for the branch of a residual. Which ones depends
// on r alone: one draw a sample, in order. p = 0 draws nothing and returns x, p = 1 gives zeros. It panics with a
// [*UsageError] unless p is within [0, 1] and r is there where needed.
//
//	x, y [n, ...]
func (x *Tensor[T]) DropPath(p float64, r *rand.Rand) *Tensor[T] {
	const op = "drop_path"
	switch {
	case !(p >= 0 && p <= 1):
		misuse(op, "the probability must be from 0 to 1, not %v", p)
	case len(x.shape) == 0:
		x.mismatch(op, "an axis of samples is needed")
	case p == 0:
		x.check()
		return x
	case r == nil:
		misuse(op, "p = %v needs a source of randomness", p)
	}
	y := x.Like()
	kept := y.Save(x.shape[0])
	for i := range kept {
		kept[i] = 0
		if r.Float64() >= p {
			kept[i] = T(1 / (1 - p))
		}
	}
	size := product(x.shape[1:])
	for i, s := range kept {
		simd.Scale(y.data[i*size:(i+1)*size], 0, s, x.data[i*size:(i+1)*size])
	}
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		for i, s := range kept {
			simd.Scale(dx[i*size:(i+1)*size], beta, s, dy[i*size:(i+1)*size])
		}
	})
}
