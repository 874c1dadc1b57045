package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestLayerNormGivesMeanZeroAndVarianceOne(t *testing.T) {
	t.Parallel()
	y := autograd.From([]float32{1, 3, -5, 5}, 2, 2).LayerNorm(nil, nil, 0)
	assert.Equal(t, []float32{-1, 1, -1, 1}, y.Data())
	y = autograd.From([]float32{1, 3, -5, 5}, 2, 2).LayerNorm(of(2, 3), of(10, 20), 0)
	assert.Equal(t, []float32{8, 23, 8, 23}, y.Data())
}

func TestRMSNormScalesWithoutCentring(t *testing.T) {
	t.Parallel()
	y := autograd.From([]float32{1, 1, 7, -1}, 2, 2).RMSNorm(nil, 0)
	assert.Equal(t, []float32{1, 1, 1.4, -0.2}, y.Data())
	y = autograd.From([]float32{1, 1, 7, -1}, 2, 2).RMSNorm(of(10, 100), 3)
	for i, want := range []float64{5, 50, 70 / math.Sqrt(28), -100 / math.Sqrt(28)} {
		assertNear(t, want, y.Data()[i], "element %d", i)
	}
}

func TestRowNormsAtSpecialPoints(t *testing.T) {
	t.Parallel()
	layer := func(x *tensor[float32]) *tensor[float32] { return x.LayerNorm(nil, nil, 1e-5) }
	sharp := func(x *tensor[float32]) *tensor[float32] { return x.LayerNorm(nil, nil, 0) }
	rms := func(x *tensor[float32]) *tensor[float32] { return x.RMSNorm(nil, 1e-2) }
	requireLines(t, []line{
		{"constant row", layer, []float32{0.1, 0.1, 0.1}, []float32{0, 0, 0}, []float32{0, 0, 0}},
		{"constant row, eps 0", sharp, []float32{0.1, 0.1}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"single column", layer, []float32{7}, []float32{0}, []float32{0}},
		{"NaN", layer, []float32{1, nan32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"Inf", layer, []float32{1, inf32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"near overflow", sharp, []float32{3e38, -3e38}, []float32{1, -1}, []float32{0, 0}},
		{"rms of zeros", rms, []float32{0, 0}, []float32{0, 0}, []float32{10, 10}},
		{"rms NaN", rms, []float32{0, nan32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"rms near overflow", rms, []float32{3e38, -3e38}, []float32{1, -1}, []float32{1 / 3e38, 1 / 3e38}},
	})
}

func TestBatchNormReturnsTheMeanAndTheUnbiasedVariance(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 10, 3, 10, 5, 40}, 3, 2)
	y, mean, variance := x.BatchNorm(nil, nil, 0)
	assert.Equal(t, []float32{3, 20}, mean)
	assert.Equal(t, []float32{4, 300}, variance)
	assert.InDelta(t, -math.Sqrt(1.5), y.Data()[0], 1e-6)

	x = autograd.From([]float32{1, 3, 10, 10, 5, 7, 20, 20}, 2, 2, 2) // channels are axis 1, whatever follows
	y, mean, variance = x.BatchNorm(of(1, 2), of(0, 1), 0)
	assert.Equal(t, []float32{4, 15}, mean)
	assert.InDeltaSlice(t, []float32{20. / 3, 100. / 3}, variance, 1e-5)
	assert.InDeltaSlice(t, []float32{-1.3416408, -0.4472136, -1, -1, 0.4472136, 1.3416408, 3, 3}, y.Data(), 1e-6)
}

func TestBatchNormLetsNaNThroughInItsChannelOnly(t *testing.T) {
	t.Parallel()
	y, mean, variance := autograd.From([]float32{1, nan32, 3, 1}, 2, 2).BatchNorm(nil, nil, 0)
	requireSame(t, []float32{-1, nan32, 1, nan32}, y.Data())
	requireSame(t, []float32{2, nan32}, mean)
	requireSame(t, []float32{2, nan32}, variance)
}

func TestBatchNormStatisticsLiveUntilReset(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", []float32{1, 2, 3, 6}, []int{4, 1}, true)
	y, mean, variance := x.BatchNorm(nil, nil, 1e-5)
	tape.Backward(y.Mul(y).Mul(y).Sum(), nil)
	assert.Equal(t, []float32{3}, mean)
	assert.InDelta(t, 14./3, variance[0], 1e-6)
}

func TestBatchNormInferenceUsesTheGivenStatistics(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 2, 3, 4}, 2, 2)
	y := x.BatchNormInference(of(1, 10), of(0, 1), of(1, 2), of(3, 15), 1)
	assert.Equal(t, []float32{0, 1, 1, 6}, y.Data())
	assert.Equal(t, []float32{0, 0, 1, 0.5}, x.BatchNormInference(nil, nil, of(1, 2), of(3, 15), 1).Data())
	one := autograd.From([]float32{3}, 1, 1).BatchNormInference(nil, nil, of(1), of(4), 0)
	assert.Equal(t, []float32{1}, one.Data(), "a single sample will do")
}

func TestNormalizationRefusesWrongOperands(t *testing.T) {
	t.Parallel()
	x := autograd.From(make([]float32, 6), 2, 3)
	two, three := of(1, 2), of(1, 2, 3)
	requireShapeError(t, "autograd: layer_norm: []: an axis to normalize is needed", func() { autograd.Scalar[float32](1).LayerNorm(nil, nil, 1e-5) })
	requireShapeError(t, "autograd: rms_norm: []: an axis to normalize is needed", func() { autograd.Scalar[float32](1).RMSNorm(nil, 1e-5) })
	const long = "gain and shift must be as long as axis 1"
	requireShapeError(t, "autograd: layer_norm: [2 3] and [2]: "+long, func() { x.LayerNorm(two, three, 1e-5) })
	requireShapeError(t, "autograd: layer_norm: [2 3] and [2]: "+long, func() { x.LayerNorm(three, two, 1e-5) })
	requireShapeError(t, "autograd: rms_norm: [2 3] and [2 3]: "+long, func() { x.RMSNorm(x, 1e-5) })
	requireShapeError(t, "autograd: batch_norm: [2 3] and [2]: "+long, func() { x.BatchNorm(two, nil, 1e-5) })
	requireShapeError(t, "autograd: batch_norm_inference: [2 3] and [3] and [2]: mean and variance must be as long as axis 1",
		func() { x.BatchNormInference(nil, nil, three, two, 1e-5) })
	requireShapeError(t, "autograd: batch_norm: [3]: x must be [n, c, ...]", func() { three.BatchNorm(nil, nil, 1e-5) })
	const few = "at least two elements of each channel are needed"
	requireShapeError(t, "autograd: batch_norm: [1 3]: "+few, func() { x.Slice(0, 0, 1).BatchNorm(nil, nil, 1e-5) })
	requireShapeError(t, "autograd: batch_norm: [0 3]: "+few, func() { x.Slice(0, 0, 0).BatchNorm(nil, nil, 1e-5) })
	for _, eps := range []float64{-1e-5, nan, inf} {
		for _, f := range []func(){
			func() { x.LayerNorm(nil, nil, eps) },
			func() { x.RMSNorm(nil, eps) },
			func() { x.BatchNorm(nil, nil, eps) },
			func() { x.BatchNormInference(nil, nil, three, three, eps) },
		} {
			var e *autograd.UsageError
			require.ErrorAs(t, autograd.Catch(f), &e)
			require.Contains(t, e.Error(), "eps must be finite and not negative")
		}
	}
}
