package autograd

import "github.com/heft-ml/heft/internal/simd"

const nll = "nll"

// NLL returns the mean over rows of -x[label], the negative log-likelihood, from log-probabilities whose classes are the
// LAST axis (torch.nn.NLLLoss; PyTorch has them in axis 1; for [n, c] the two agree). [Tensor.CrossEntropy] is
// [Tensor.LogSoftmax] and NLL in one. Options are [IgnoreIndex] and [Reduction]; rows ignored do not count for the mean,
// and get no gradient. It panics with a [*UsageError] that names the position of a label out of range.
//
//	x [..., c], labels [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) NLL(labels Labels, opts ...LossOption) *Tensor[T] {
	s := lossSettingsOf(nll, opts)
	counted := x.countLabels(nll, labels, s.ignore)
	y := New(labels.Shape, x)
	simd.NLL(y.data, x.data, labels.Data, s.ignore)
	y.Record(nll, func(dy []T) { simd.NLLBackward(x.Grad(), dy, labels.Data, s.ignore) })
	return y.reduced(s.reduce, counted)
}
