package autograd

import (
	"math"

	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// GroupNorm cuts the channels of every sample into groups of neighbours, normalizes each group to mean 0 and variance 1,
// then applies gain and shift (arXiv:1803.08494):
//
//	y = (x - mean) / sqrt(variance + eps) ⊙ gain + shift
//
// One group normalizes a sample as a whole, as many groups as channels every plane by itself. It panics with a
// [*UsageError] unless groups divides c.
//
//	x, y [n, c, ...], gain [c] or nil, shift [c] or nil
func (x *Tensor[T]) GroupNorm(groups int, gain, shift *Tensor[T], eps float64) *Tensor[T] {
	const op = "group_norm"
	c, inner := x.channels(op, eps, gain, shift)
	if groups < 1 || c%groups != 0 {
		misuse(op, "groups must divide the channels, which are %d, but are %d", c, groups)
	}
	n, together := x.shape[0], c/groups
	y := New(x.shape, x, gain, shift)
	mean, rstd := y.save64(n*c), y.save64(n*c)
	groupMoments(mean, rstd, x.data, n*groups, together, inner, eps)
	simd.NormalizeChannels(y.data, x.data, mean, rstd, gain.repeated(y, n), shift.repeated(y, n), inner)
	return y.Record(op, func(dy []T) {
		sums := max(1, n) * c
		total, product := y.temp64(sums), y.temp64(sums)
		if n > 0 {
			simd.ChannelSums(total, product, dy, x.data, mean, rstd, inner)
		} else {
			clear(total)
			clear(product)
		}
		if dx, beta := x.GradTo(); dx != nil {
			pieces := max(1, min(planePieces, n*groups, len(dx)/planeGrain))
			parallel.Run(pieces, func(piece int) {
				lo, hi := n*groups*piece/pieces, n*groups*(piece+1)/pieces
				simd.GroupNormBackward(dx, beta, dy, x.data, mean, rstd, gain.values(), total, product, together, inner, lo, hi)
			})
		}
		gain.addSums(overSamples(product, c))
		shift.addSums(overSamples(total, c))
	})
}

// groupMoments computes mean and 1/sqrt(variance + eps) of groups, and gives them to each of their channels.
func groupMoments[T Float](mean, rstd []float64, x []T, groups, together, inner int, eps float64) {
	m := together * inner
	simd.ChannelMoments(mean[:groups], rstd[:groups], x, m)
	for k := groups - 1; k >= 0; k-- { // backwards, for a group's channels stand behind the groups not done yet
		mu, s := mean[k], 1/math.Sqrt(rstd[k]/float64(m)+eps)
		for j := k * together; j < (k+1)*together; j++ {
			mean[j], rstd[j] = mu, s
		}
	}
}

// repeated returns the values of an operand that may be missing, n times over, for y's op.
func (x *Tensor[T]) repeated(y *Tensor[T], n int) []T {
	if x == nil {
		return nil
	}
	full := y.Temp(n * len(x.data))
	for i := range n {
		copy(full[i*len(x.data):], x.data)
	}
	return full
}

// overSamples adds up what samples give to each of c channels, in the first sample's place.
func overSamples(sums []float64, c int) []float64 {
	first := sums[:c]
	for i := c; i < len(sums); i++ {
		first[i%c] += sums[i]
	}
	return first
}
