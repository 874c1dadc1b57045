package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestPadsContinueAsTheirNamesSay(t *testing.T) {
	t.Parallel()
	x := of(1, 2, 3)
	assert.Equal(t, []float32{9, 9, 1, 2, 3, 9}, x.PadConstant(9, 2, 1).Data())
	assert.Equal(t, []float32{3, 2, 1, 2, 3, 2}, x.PadReflect(2, 1).Data())
	assert.Equal(t, []float32{1, 1, 1, 2, 3, 3}, x.PadReplicate(2, 1).Data())
	assert.Equal(t, []float32{0, 1, 2, 0, 3, 4, 0, 0, 0}, autograd.From([]float32{1, 2, 3, 4}, 2, 2).PadConstant(0, 1, 0, 0, 1).Data())
	assert.Equal(t, []int{0, 5}, autograd.From([]float32{}, 0, 3).PadReflect(1, 1).Shape())
	assert.Equal(t, []float32{4, 4}, autograd.From([]float32{}, 0).PadConstant(4, 1, 1).Data())
}

func TestPadsRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	x := of(1, 2, 3)
	requireUsageError(t, "autograd: pad_constant: padding is left and right, or left, right, top and bottom, not 3 numbers", func() { x.PadConstant(0, 1, 2, 3) })
	requireUsageError(t, "autograd: pad_constant: padding must not be negative, but -1 is: Slice takes elements away", func() { x.PadConstant(0, 1, -1) })
	requireShapeError(t, "autograd: pad_replicate: [3]: there are fewer axes than the padding is for", func() { x.PadReplicate(1, 1, 1, 1) })
	requireShapeError(t, "autograd: pad_reflect: [3]: the mirror image of an axis is one shorter than the axis: padding must be less", func() { x.PadReflect(0, 3) })
	requireShapeError(t, "autograd: pad_replicate: [0]: an axis of no elements has no border", func() { autograd.From([]float32{}, 0).PadReplicate(1, 0) })
}

func TestUpsamplingTakesElementsByTheirCentres(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{0, 4}, 1, 1, 1, 2)
	assert.Equal(t, []float32{0, 0, 4, 4}, x.UpsampleNearest2d(1, 4).Data())
	assert.Equal(t, []float32{0, 1, 3, 4}, x.UpsampleBilinear2d(1, 4, false).Data())
	assert.Equal(t, []float32{0, 1, 2, 3, 4}, x.UpsampleBilinear2d(1, 5, true).Data())
	assert.Equal(t, []float32{0}, x.UpsampleNearest2d(1, 1).Data())
	assert.Equal(t, []float32{2}, x.UpsampleBilinear2d(1, 1, false).Data())
}

func TestUpsamplingRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	x := counted(1, 1, 2, 2)
	requireUsageError(t, "autograd: upsample_nearest2d: rows and columns of the result must be 1 or more, not 0 and 2", func() { x.UpsampleNearest2d(0, 2) })
	requireShapeError(t, "autograd: upsample_bilinear2d: [1 1 2 0]: height and width must be 1 or more", func() { counted(1, 1, 2, 0).UpsampleBilinear2d(1, 1, false) })
	requireShapeError(t, "autograd: upsample_bilinear2d: [2 2]: x must be [n, c, height, width]", func() { counted(2, 2).UpsampleBilinear2d(1, 1, false) })
}

func TestGroupNormOfOneGroupIsThatOfARow(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 3, -5, 5, 0, 8, 4, 4}, 2, 4)
	assert.InDeltaSlice(t, x.LayerNorm(nil, nil, 1e-5).Data(), x.GroupNorm(1, nil, nil, 1e-5).Data(), 1e-6)
	pairs := x.GroupNorm(2, of(1, 1, 2, 2), of(0, 0, 0, 1), 0)
	assert.InDeltaSlice(t, []float32{-1, 1, -2, 3}, pairs.Data()[:4], 1e-6)
}

func TestGroupNormOfNoSamplesGivesNoGradient(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", nil, []int{0, 4, 3}, true)
	gain := tape.Leaf("gain", []float32{1, 2, 3, 4}, []int{4}, true)
	y := x.GroupNorm(2, gain, nil, 1e-5)
	tape.Backward(y, []float32{})
	assert.Equal(t, make([]float32, 4), gain.TakeGrad())
}

func TestGroupNormRefusesGroupsThatDoNotDivide(t *testing.T) {
	t.Parallel()
	for _, groups := range []int{0, 3, 8} {
		require.ErrorContains(t, autograd.Catch(func() { counted(2, 4).GroupNorm(groups, nil, nil, 1e-5) }), "groups must divide the channels, which are 4, but are")
	}
}

func TestDropPathDropsWholeSamples(t *testing.T) {
	t.Parallel()
	const n, size, p = 2000, 3, 0.25
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", ones(n*size), []int{n, size}, true)
	y := x.DropPath(p, fixedRand())
	tape.Backward(y, ones(n*size))
	dx, dropped := x.TakeGrad(), 0
	for i := range n {
		sample := y.Data()[i*size : (i+1)*size]
		assert.Contains(t, []float32{0, float32(1 / (1 - p))}, sample[0])
		assert.Equal(t, []float32{sample[0], sample[0], sample[0]}, sample)
		assert.Equal(t, sample, dx[i*size:(i+1)*size])
		if sample[0] == 0 {
			dropped++
		}
	}
	assert.InDelta(t, p, float64(dropped)/n, 0.05, "five standard deviations")
	assert.Equal(t, make([]float32, n*size), x.Detach().DropPath(1, fixedRand()).Data())
}

func TestDropPathRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	requireUsageError(t, "autograd: drop_path: the probability must be from 0 to 1, not 1.5", func() { of(1).DropPath(1.5, fixedRand()) })
	requireUsageError(t, "autograd: drop_path: p = 0.5 needs a source of randomness", func() { of(1).DropPath(0.5, nil) })
	requireShapeError(t, "autograd: drop_path: []: an axis of samples is needed", func() { autograd.Scalar[float32](1).DropPath(0.5, fixedRand()) })
	x := of(1)
	assert.Same(t, x, x.DropPath(0, nil))
}
