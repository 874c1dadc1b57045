package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

// labelled is the cross-entropy of a vector of logits and one label.
func labelled(label int32, opts ...autograd.LossOption) func(x *tensor[float32]) *tensor[float32] {
	return func(x *tensor[float32]) *tensor[float32] {
		return x.CrossEntropy(autograd.Labels{Data: []int32{label}}, opts...)
	}
}

func TestCrossEntropyAtSpecialPoints(t *testing.T) {
	t.Parallel()
	tiny := float32(math.Exp(-40))
	smooth := autograd.LabelSmoothing(0.5)
	requireLines(t, []line{
		{"equal", labelled(1), []float32{7, 7}, []float32{0.6931472}, []float32{0.5, -0.5}},
		{"sure and wrong", labelled(0), []float32{-1e4, 1e4}, []float32{2e4}, []float32{-1, 1}},
		{"sure and right", labelled(0), []float32{0, -40}, []float32{tiny}, []float32{-tiny, tiny}},
		{"surer", labelled(0), []float32{1e4, -1e4}, []float32{0}, []float32{0, 0}},
		{"single class", labelled(0), []float32{1e4}, []float32{0}, []float32{0}},
		{"other class masked", labelled(0), []float32{1, 1, -inf32}, []float32{0.6931472}, []float32{-0.5, 0.5, 0}},
		{"own class masked", labelled(0), []float32{-inf32, 1}, []float32{inf32}, []float32{-1, 1}},
		{"all masked", labelled(0), []float32{-inf32, -inf32}, []float32{nan32}, []float32{nan32, nan32}},
		{"own +Inf", labelled(0), []float32{inf32, 1}, []float32{nan32}, []float32{nan32, nan32}},
		{"other +Inf", labelled(0), []float32{1, inf32}, []float32{nan32}, []float32{nan32, nan32}},
		{"NaN", labelled(0), []float32{1, nan32}, []float32{nan32}, []float32{nan32, nan32}},
		{"smoothed", labelled(0, smooth), []float32{3, 3}, []float32{0.6931472}, []float32{-0.25, 0.25}},
		{"smoothed, far apart", labelled(0, smooth), []float32{1e4, -1e4}, []float32{5000}, []float32{0.25, -0.25}},
		{"smoothed, masked", labelled(0, smooth), []float32{1, -inf32}, []float32{inf32}, []float32{0.25, -0.25}},
		{"ignored", labelled(-100), []float32{1, 2}, []float32{nan32}, []float32{0, 0}},
		{"ignored, summed", labelled(-100, autograd.Reduction(autograd.ReduceSum)), []float32{1, nan32}, []float32{0}, []float32{0, 0}},
	})
}

func TestIgnoredRowsDoNotCountForTheMean(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{0, 1, 2, nan32, nan32, nan32, 2, 0, 0}, 3, 3)
	kept := autograd.From([]float32{0, 1, 2, 2, 0, 0}, 2, 3)
	smooth := autograd.LabelSmoothing(0.1)
	want := kept.CrossEntropy(autograd.LabelsOf([]int32{2, 1}), smooth).Item()
	for _, label := range []int32{-100, -7, 0, 99} {
		y := x.CrossEntropy(autograd.LabelsOf([]int32{2, label, 1}), smooth, autograd.IgnoreIndex(int(label)))
		assert.Equal(t, want, y.Item(), "label %d", label)
	}
}

func TestIgnoredRowsGetNoGradientAndKeepOthers(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	data := []float32{1, 2, 3, 3}
	gradient := func(f func(x *tensor[float32]) *tensor[float32]) []float32 {
		tape.Reset()
		x := tape.Leaf("x", data, []int{2, 2}, true)
		tape.Backward(f(x), nil)
		return x.TakeGrad()
	}
	loss := func(x *tensor[float32]) *tensor[float32] { return x.CrossEntropy(autograd.LabelsOf([]int32{-100, 0})) }
	gradient(func(x *tensor[float32]) *tensor[float32] { // leaves memory that is not of zeros
		for range 20 {
			x = x.MulScalar(-1)
		}
		return x.Sum()
	})
	assert.Equal(t, []float32{0, 0, -0.5, 0.5}, gradient(loss))
	assert.Equal(t, []float32{1, 1, 0.5, 1.5}, gradient(func(x *tensor[float32]) *tensor[float32] { return loss(x).Add(x.Sum()) }))
}

func TestReductionsAreOfOneLoss(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{0, 1, 2, 0, 0, 0, 2, 0, 0, 1, 1, 5}, 2, 2, 3)
	labels := autograd.LabelsOf([]int32{2, 1, -100, 0}, 2, 2)
	each := x.CrossEntropy(labels, autograd.Reduction(autograd.ReduceNone))
	sum := x.CrossEntropy(labels, autograd.Reduction(autograd.ReduceSum))
	mean := x.CrossEntropy(labels, autograd.Reduction(autograd.ReduceMean))
	assert.Equal(t, []int{2, 2}, each.Shape())
	assert.Zero(t, each.Data()[2])
	assert.Equal(t, each.Sum().Item(), sum.Item())
	assert.InDelta(t, sum.Item()/3, mean.Item(), 1e-6)
	assert.Equal(t, mean.Item(), x.CrossEntropy(labels).Item(), "the mean is the default")
}

func TestCrossEntropyRefusesWrongLabels(t *testing.T) {
	t.Parallel()
	x := autograd.From(make([]float32, 12), 2, 2, 3)
	requireUsageError(t, "autograd: cross_entropy: label 3 at position [1 0] is none of the 3 classes, counted from 0",
		func() { x.CrossEntropy(autograd.LabelsOf([]int32{0, 1, 3, 4}, 2, 2)) })
	requireUsageError(t, "autograd: cross_entropy: label -1 at position [0 1] is none of the 3 classes, counted from 0",
		func() { x.CrossEntropy(autograd.LabelsOf([]int32{0, -1, 2, 2}, 2, 2)) })
	requireUsageError(t, "autograd: cross_entropy: label -100 at position [0 0] is none of the 3 classes, counted from 0",
		func() {
			x.CrossEntropy(autograd.LabelsOf([]int32{-100, 0, 0, 0}, 2, 2), autograd.IgnoreIndex(-1))
		})
	const reason = ": logits [..., c] need labels [...]: the classes are the last axis"
	requireShapeError(t, "autograd: cross_entropy: [2 2 3] and [4]"+reason, func() { x.CrossEntropy(autograd.LabelsOf(make([]int32, 4))) })
	requireShapeError(t, "autograd: cross_entropy: [] and [1]"+reason, func() { autograd.Scalar[float32](0).CrossEntropy(autograd.LabelsOf(make([]int32, 1))) })
	requireShapeError(t, "autograd: cross_entropy: [2 2]: the shape must have 3 elements",
		func() { x.CrossEntropy(autograd.Labels{Data: make([]int32, 3), Shape: []int{2, 2}}) })
}

func TestLossOptionsRefuseWrongValuesAndWrongLosses(t *testing.T) {
	t.Parallel()
	x := of(1, 2)
	labels := autograd.Labels{Data: []int32{0}}
	for _, eps := range []float64{-0.1, 1.1, nan} {
		require.ErrorContains(t, autograd.Catch(func() { x.CrossEntropy(labels, autograd.LabelSmoothing(eps)) }), "label smoothing must be from 0 to 1")
	}
	for _, w := range []float64{-1, nan, inf} {
		require.ErrorContains(t, autograd.Catch(func() { x.BCEWithLogits(x, autograd.PosWeight(w)) }), "must be finite and not negative")
	}
	for _, delta := range []float64{0, -1, nan} {
		require.ErrorContains(t, autograd.Catch(func() { x.Huber(x, delta) }), "delta must be positive")
	}
	requireUsageError(t, "autograd: mse: unknown reduction 4", func() { x.MSE(x, autograd.Reduction(4)) })
	requireUsageError(t, "autograd: mse: ReduceBatchMean is an option of kl_div", func() { x.MSE(x, autograd.Reduction(autograd.ReduceBatchMean)) })
	requireUsageError(t, "autograd: mse: LogTarget is an option of kl_div", func() { x.MSE(x, autograd.LogTarget()) })
	requireUsageError(t, "autograd: mse: LabelSmoothing is an option of cross_entropy", func() { x.MSE(x, autograd.LabelSmoothing(0)) })
	requireUsageError(t, "autograd: l1: IgnoreIndex is an option of cross_entropy and nll", func() { x.L1(x, autograd.IgnoreIndex(0)) })
	requireUsageError(t, "autograd: cross_entropy: PosWeight is an option of bce_with_logits", func() { x.CrossEntropy(labels, autograd.PosWeight(1)) })
	requireUsageError(t, "autograd: bce_with_logits: 3 weights of positives for shape [2]: one is needed, or as many as the last axis has",
		func() { x.BCEWithLogits(x, autograd.PosWeight(1, 1, 1)) })
	requireUsageError(t, "autograd: bce_with_logits: 0 weights of positives for shape []: one is needed, or as many as the last axis has",
		func() { x.Sum().BCEWithLogits(x.Sum(), autograd.PosWeight()) })
}
