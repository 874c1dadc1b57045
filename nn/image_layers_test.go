package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/nn"
)

// imageLayerCases are the layers for images and signals.
func imageLayerCases() []layerCase {
	affine := []string{"weight", "bias"}
	images := []int{2, 3, 6, 5}
	type scope = nn.Scope
	return []layerCase{
		{"conv1d", func(s *scope) nn.Module { return nn.NewConv1d(s, 3, 4, 3, nn.Stride(2)) }, affine, []int{2, 3, 9}, []int{2, 4, 4}},
		{"conv2d", func(s *scope) nn.Module { return nn.NewConv2d(s, 3, 4, 3, nn.Padding(1)) }, affine, images, []int{2, 4, 6, 5}},
		{"conv2d without bias", func(s *scope) nn.Module { return nn.NewConv2d(s, 3, 6, 3, nn.Groups(3), nn.NoBias()) }, []string{"weight"}, images, []int{2, 6, 4, 3}},
		{"max pool 1d", func(s *scope) nn.Module { return nn.NewMaxPool1d(s, 2) }, nil, []int{2, 3, 9}, []int{2, 3, 4}},
		{"max pool 2d", func(s *scope) nn.Module { return nn.NewMaxPool2d(s, 2) }, nil, images, []int{2, 3, 3, 2}},
		{"avg pool 1d", func(s *scope) nn.Module { return nn.NewAvgPool1d(s, 2) }, nil, []int{2, 3, 9}, []int{2, 3, 4}},
		{"avg pool 2d", func(s *scope) nn.Module { return nn.NewAvgPool2d(s, 2, nn.KernelWidth(1)) }, nil, images, []int{2, 3, 3, 5}},
		{"adaptive max pool", func(s *scope) nn.Module { return nn.NewAdaptiveMaxPool2d(s, 2, 2) }, nil, images, []int{2, 3, 2, 2}},
		{"adaptive avg pool", func(s *scope) nn.Module { return nn.NewAdaptiveAvgPool2d(s, 1, 1) }, nil, images, []int{2, 3, 1, 1}},
		{"batch norm 2d", func(s *scope) nn.Module { return nn.NewBatchNorm2d(s, 3) }, []string{"weight", "bias", "running_mean", "running_var"}, images, images},
		{"group norm", func(s *scope) nn.Module { return nn.NewGroupNorm(s, 3, 3) }, affine, images, images},
		{"flatten", func(s *scope) nn.Module { return nn.NewFlatten(s) }, nil, images, []int{2, 90}},
		{"upsample", func(s *scope) nn.Module { return nn.NewUpsample(s, 2) }, nil, images, []int{2, 3, 12, 10}},
		{"upsample bilinear", func(s *scope) nn.Module { return nn.NewUpsample(s, 3, nn.Bilinear(true)) }, nil, images, []int{2, 3, 18, 15}},
		{"constant pad", func(s *scope) nn.Module { return nn.NewConstantPad(s, 0, 1) }, nil, images, []int{2, 3, 8, 7}},
		{"reflection pad", func(s *scope) nn.Module { return nn.NewReflectionPad(s, 1, 2) }, nil, images, []int{2, 3, 6, 8}},
		{"replication pad", func(s *scope) nn.Module { return nn.NewReplicationPad(s, 1, 2, 3, 4) }, nil, images, []int{2, 3, 13, 8}},
		{"drop path", func(s *scope) nn.Module { return nn.NewDropPath(s, 0.5) }, nil, images, images},
		{"drop path of nothing", func(s *scope) nn.Module { return nn.NewDropPath(s, 0) }, nil, images, images},
	}
}

func TestImageLayersRefuseSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	at := func() *nn.Scope { return newStore().At("m") }
	requireUsageError(t, `"m" has 0 channels in and 4 out, but each must be 1 or more`, func() { nn.NewConv2d(at(), 0, 4, 3) })
	requireUsageError(t, `"m" has a kernel of 0, but it must be 1 or more`, func() { nn.NewConv1d(at(), 3, 4, 0) })
	requireUsageError(t, `"m" has 2 groups, which must divide its channels, 3 in and 4 out`, func() { nn.NewConv2d(at(), 3, 4, 3, nn.Groups(2)) })
	requireUsageError(t, `"m" has one axis: its kernel has no other width`, func() { nn.NewConv1d(at(), 3, 4, 3, nn.KernelWidth(2)) })
	requireUsageError(t, "must be 1 or more, not 0", func() { nn.Stride(0) })
	requireUsageError(t, "must be 0 or more, not -1", func() { nn.Padding(1, -1) })
	requireUsageError(t, "must be 1 or more, not 0", func() { nn.Dilation(0) })
	requireUsageError(t, "must be 1 or more, not 0", func() { nn.Groups(0) })
	requireUsageError(t, "must be 1 or more, not 0", func() { nn.KernelWidth(0) })
	requireUsageError(t, "one number is needed, or two of height and width, not 3", func() { nn.Stride(1, 2, 3) })
	requireUsageError(t, "one number is needed, or two of height and width, not 0", func() { nn.Padding() })
	requireUsageError(t, `"m" has a kernel of 0, but it must be 1 or more`, func() { nn.NewMaxPool2d(at(), 0) })
	requireUsageError(t, `"m" has 1 rows and 0 columns, but each must be 1 or more`, func() { nn.NewAdaptiveAvgPool2d(at(), 1, 0) })
	requireUsageError(t, `"m" has 4 groups, which must divide its channels, 6`, func() { nn.NewGroupNorm(at(), 4, 6) })
	requireUsageError(t, `"m" has a factor of 0, but it must be 1 or more`, func() { nn.NewUpsample(at(), 0) })
	requireUsageError(t, `"m" has padding [1 2 3], but needs one number, two of left and right, or two more of top and bottom`, func() { nn.NewReflectionPad(at(), 1, 2, 3) })
	requireUsageError(t, `"m" has padding [1 -2], but each must be 0 or more`, func() { nn.NewConstantPad(at(), 0, 1, -2) })
	requireUsageError(t, `"m": the probability is 2, but must be in [0, 1]`, func() { nn.NewDropPath(at(), 2) })
}

func TestFansOfAGroupedConvolutionAreThoseOfItsUnits(t *testing.T) {
	t.Parallel()
	s := newStore()
	grouped := nn.NewConv2d(s.At("grouped"), 8, 12, 3, nn.Groups(4), nn.KernelWidth(5))
	assert.Equal(t, []int{12, 2, 3, 5}, grouped.Weight.Shape)
	assert.Equal(t, 2*3*5, grouped.Weight.FanIn)
	assert.Equal(t, 12/4*3*5, grouped.Weight.FanOut)
	assert.Equal(t, 2*3*5, grouped.Bias.FanIn)
}

func TestDropPathKeepsSamplesWholeAndLeavesInferenceAlone(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewDropPath(s.At("drop"), 0.5)
	p := nn.NewPass(s, nn.Training)
	x := normal(1, 64, 4)
	y := l.Forward(p, p.Input(x))
	dropped := 0
	for i := range 64 {
		row := y.Data()[i*4 : (i+1)*4]
		if row[0] == 0 {
			dropped++
			require.Equal(t, make([]float32, 4), row)
		} else {
			require.Equal(t, 2*x.Data()[i*4], row[0])
		}
	}
	require.InDelta(t, 32, dropped, 20)
	q := nn.NewPass(s, nn.Inference)
	require.Equal(t, x.Data(), l.Forward(q, q.Input(x)).Data())
}
