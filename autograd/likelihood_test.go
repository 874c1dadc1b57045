package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

func TestDivergenceAtSpecialPoints(t *testing.T) {
	t.Parallel()
	plain := func(x, target *tensor[float32]) *tensor[float32] { return x.KLDiv(target) }
	logs := func(x, target *tensor[float32]) *tensor[float32] { return x.KLDiv(target, autograd.LogTarget()) }
	requirePairs(t, []pairLoss{
		{"kl", plain, -1, 0.5, 0.5 * (1 - math.Ln2), -0.5, 2 - math.Ln2},
		{"kl", plain, 0, 1, 0, -1, 1},
		{"kl", plain, -3, 0, 0, 0, -inf}, // the slope of t ln t at 0
		{"kl", plain, -inf32, 0, 0, 0, nan},
		{"kl", plain, -inf32, 0.5, inf, -0.5, inf},
		{"kl", plain, nan32, 0, nan, 0, nan},
		{"kl", plain, -1, -0.5, nan, 0.5, nan},
		{"kl of logarithms", logs, -1, 0, 1, -1, 2},
		{"kl of logarithms", logs, -1, -inf32, 0, 0, nan},
		{"kl of logarithms", logs, -1, -200, 0, 0, 0},
	})
}

func TestDivergenceOfADistributionFromItselfIsZero(t *testing.T) {
	t.Parallel()
	x := counted(2, 5).MulScalar(0.3).LogSoftmax(-1)
	sum := autograd.Reduction(autograd.ReduceBatchMean)
	assert.InDelta(t, 0, x.KLDiv(x.Exp(), sum).Item(), 1e-6)
	assert.InDelta(t, 0, x.KLDiv(x, sum, autograd.LogTarget()).Item(), 1e-6)
	uniform := autograd.From([]float32{0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2}, 2, 5)
	each := x.KLDiv(uniform, autograd.Reduction(autograd.ReduceNone))
	assert.InDelta(t, each.Sum().Item()/2, x.KLDiv(uniform, sum).Item(), 1e-6)
	assert.Positive(t, x.KLDiv(uniform, sum).Item())
}

func TestLikelihoodOfLogSoftmaxIsCrossEntropy(t *testing.T) {
	t.Parallel()
	x, labels := counted(4, 3).MulScalar(0.7), autograd.LabelsOf([]int32{2, 0, -100, 1})
	assert.InDelta(t, x.CrossEntropy(labels).Item(), x.LogSoftmax(-1).NLL(labels).Item(), 1e-6)
	y, dx := through(func(x *tensor[float32]) *tensor[float32] {
		return x.Reshape(2, 2).NLL(autograd.LabelsOf([]int32{1, -100}))
	}, 1, nan32, nan32, inf32)
	requireSame(t, []float32{nan32}, y)
	assert.Equal(t, []float32{0, -1, 0, 0}, dx)
}

func TestLikelihoodsRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	x := counted(2, 3)
	requireUsageError(t, "autograd: nll: label 3 at position [1] is none of the 3 classes, counted from 0", func() { x.NLL(autograd.LabelsOf([]int32{0, 3})) })
	requireShapeError(t, "autograd: nll: [2 3] and [3]: logits [..., c] need labels [...]: the classes are the last axis", func() { x.NLL(autograd.LabelsOf([]int32{0, 1, 2})) })
	requireShapeError(t, "autograd: kl_div: [2 3] and [3 2]: the target must have the same shape", func() { x.KLDiv(counted(3, 2)) })
	requireShapeError(t, "autograd: kl_div: []: a mean over samples needs an axis that counts them",
		func() { x.Sum().KLDiv(x.Sum(), autograd.Reduction(autograd.ReduceBatchMean)) })
	requireUsageError(t, "autograd: nll: LabelSmoothing is an option of cross_entropy", func() { x.NLL(autograd.LabelsOf([]int32{0, 1}), autograd.LabelSmoothing(0.1)) })
}
