package autograd

import (
	"math"

	"github.com/heft-ml/heft/internal/simd"
)

// BatchNorm normalizes every channel by its mean and variance over the batch, then applies gain and shift
// (arXiv:1502.03167):
//
//	y = (x - mean) / sqrt(variance + eps) ⊙ gain + shift
//
// It also returns the mean and the unbiased variance, which running statistics are updated with. They live until Reset
// and no gradient flows through them. It panics with a [*ShapeError] unless each channel has at least two elements.
//
//	x, y [n, c, ...], gain [c] or nil, shift [c] or nil, mean, variance [c]
func (x *Tensor[T]) BatchNorm(gain, shift *Tensor[T], eps float64) (y *Tensor[T], mean, variance []T) {
	const op = "batch_norm"
	c, inner := x.channels(op, eps, gain, shift)
	each := x.shape[0] * inner
	if each < 2 {
		x.mismatch(op, "at least two elements of each channel are needed")
	}
	out := New(x.shape, x, gain, shift) // not y: a result that a closure holds is allocated apart
	mean, variance = out.Save(c), out.Save(c)
	mu, rstd := out.save64(c), out.save64(c)
	simd.ChannelMoments(mu, rstd, x.data, inner)
	for j, squares := range rstd {
		mean[j] = T(mu[j])
		variance[j] = T(squares / float64(each-1))
		rstd[j] = 1 / math.Sqrt(squares/float64(each)+eps)
	}
	simd.NormalizeChannels(out.data, x.data, mu, rstd, gain.values(), shift.values(), inner)
	out.Record(op, func(dy []T) {
		total, product := out.temp64(c), out.temp64(c)
		simd.ChannelSums(total, product, dy, x.data, mu, rstd, inner)
		gain.addSums(product)
		shift.addSums(total)
		if dx, beta := x.GradTo(); dx != nil {
			simd.BatchNormBackward(dx, beta, dy, x.data, mu, rstd, gain.values(), total, product, inner)
		}
	})
	return out, mean, variance
}

// BatchNormInference is [Tensor.BatchNorm] by a given mean and variance, those of training's running statistics.
//
//	x, y [n, c, ...], gain [c] or nil, shift [c] or nil, mean, variance [c]
func (x *Tensor[T]) BatchNormInference(gain, shift, mean, variance *Tensor[T], eps float64) *Tensor[T] {
	const op = "batch_norm_inference"
	c, inner := x.channels(op, eps, gain, shift)
	if !sameShape(mean.shape, []int{c}) || !sameShape(variance.shape, []int{c}) {
		x.mismatch(op, "mean and variance must be as long as axis 1", mean, variance)
	}
	y := New(x.shape, x, gain, shift, mean, variance)
	mu, rstd := y.save64(c), y.save64(c)
	for j := range c {
		mu[j] = float64(mean.data[j])
		rstd[j] = 1 / math.Sqrt(float64(variance.data[j])+eps)
	}
	simd.NormalizeChannels(y.data, x.data, mu, rstd, gain.values(), shift.values(), inner)
	return y.Record(op, func(dy []T) {
		total, product := y.temp64(c), y.temp64(c)
		simd.ChannelSums(total, product, dy, x.data, mu, rstd, inner)
		gain.addSums(product)
		shift.addSums(total)
		if dx, beta := x.GradTo(); dx != nil {
			simd.NormalizeChannelsBackward(dx, beta, dy, rstd, gain.values(), inner)
		}
		for j := range c { // into the gradients of mean and variance
			scale := rstd[j]
			if gain != nil {
				scale *= float64(gain.data[j])
			}
			total[j] *= -scale
			product[j] *= -scale * rstd[j] / 2
		}
		mean.addSums(total)
		variance.addSums(product)
	})
}

// channels returns the number of channels, axis 1, and of elements after it, having checked the operands.
func (x *Tensor[T]) channels(op string, eps float64, gain, shift *Tensor[T]) (c, inner int) {
	if len(x.shape) < 2 {
		x.mismatch(op, "x must be [n, c, ...]")
	}
	x.checkNormalization(op, 1, eps, gain, shift)
	return x.shape[1], product(x.shape[2:])
}
