package autograd

import "github.com/heft-ml/heft/internal/simd"

const klDiv = "kl_div"

// KLDiv returns the mean over elements of the divergence of the target's probabilities t from those whose logarithms are
// x (Kullback & Leibler 1951; torch.nn.KLDivLoss):
//
//	t (ln t - x), which is 0 where t is
//
// The mean over elements is PyTorch's default; the divergence of distributions is their sum: [Reduction] with
// [ReduceBatchMean] or [ReduceSum]. The other option is [LogTarget]. A target that wants a gradient gets one.
//
//	x, target [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) KLDiv(target *Tensor[T], opts ...LossOption) *Tensor[T] {
	s := lossSettingsOf(klDiv, opts)
	x.checkTarget(klDiv, target)
	if s.reduce == ReduceBatchMean && len(x.shape) == 0 {
		x.mismatch(klDiv, "a mean over samples needs an axis that counts them")
	}
	y := New(x.shape, x, target)
	simd.Divergence(y.data, x.data, target.data, s.logTarget)
	y.Record(klDiv, func(dy []T) {
		dx, beta := x.GradTo()
		simd.DivergenceBackward(dx, beta, dy, target.data, s.logTarget)
		dt, beta := target.GradTo()
		simd.DivergenceTargetBackward(dt, beta, dy, x.data, target.data, s.logTarget)
	})
	if s.reduce == ReduceBatchMean {
		return y.summed("batch_mean", 1/float64(x.shape[0]), nil)
	}
	return y.reduced(s.reduce, len(y.data))
}
