package autograd

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/internal/simd"
)

// checkNormalization panics unless eps can stand under the root, and gain and shift, where given, are as long as the
// axis of x that they belong to.
func (x *Tensor[T]) checkNormalization(op string, axis int, eps float64, gain, shift *Tensor[T]) {
	if !(eps >= 0) || math.IsInf(eps, 1) {
		misuse(op, "eps must be finite and not negative, not %v", eps)
	}
	for _, z := range [2]*Tensor[T]{gain, shift} {
		if z != nil && (len(z.shape) != 1 || z.shape[0] != x.shape[axis]) {
			x.mismatch(op, fmt.Sprintf("gain and shift must be as long as axis %d", axis), z)
		}
	}
}

// recordNormalization ends layer and RMS normalization: it records the way back from y = (x - mean) rstd ⊙ gain + shift.
// A nil mean is that of RMS normalization.
func (x *Tensor[T]) recordNormalization(op string, y *Tensor[T], mean, rstd []float64, gain, shift *Tensor[T]) *Tensor[T] {
	return y.Record(op, func(dy []T) {
		n, c := x.rows()
		sums := func(wanted bool) []float64 {
			if !wanted {
				return nil
			}
			return y.temp64(simd.NormSums(n, c))
		}
		gains, shifts := sums(gain.wants()), sums(shift.wants())
		dx, beta := x.GradTo()
		simd.LayerNormBackward(dx, beta, gains, shifts, dy, x.data, mean, rstd, gain.values())
		if gains != nil {
			gain.addSums(gains[:c])
		}
		if shifts != nil {
			shift.addSums(shifts[:c])
		}
	})
}

// values returns the data of an operand that may be missing.
func (x *Tensor[T]) values() []T {
	if x == nil {
		return nil
	}
	return x.data
}

// wants tells whether an operand that may be missing wants a gradient.
func (x *Tensor[T]) wants() bool { return x != nil && x.slot != nil }

// addSums adds sums carried in float64 to the gradient of an operand that may be missing, if it wants one.
func (x *Tensor[T]) addSums(sum []float64) {
	if x.wants() {
		dx, beta := x.GradTo()
		simd.PutSums(dx, beta, sum)
	}
}
