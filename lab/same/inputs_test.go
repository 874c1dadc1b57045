package same_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab/same"
	"github.com/heft-ml/heft/nn"
)

// above is a network that knows whether a number is above the mean that it learned, and its two test samples.
func above(mean, std float64, below, over float32) *same.Network {
	s := nn.NewStore(1, initializer.Zeros())
	l := nn.NewLinear(s.At("0"), 1, 2)
	copy(l.Weight.Data, []float32{-1, 1})
	scaled := func(v float32) float32 { return float32((float64(v) - mean) / std) }
	return &same.Network{
		Name: "above", Store: s, Model: l,
		Input: &data.Input{Kind: data.TableInput, Columns: []data.Column{{Name: "x", Kind: data.NumberColumn, Mean: mean, Std: std}}},
		Test: &data.Set{
			Name: "numbers", X: autograd.From([]float32{scaled(below), scaled(over)}, 2, 1),
			Y: autograd.Labels{Data: []int32{0, 1}, Shape: []int{2}}, Classes: []string{"below", "over"},
		},
	}
}

func compare(t *testing.T, a, b *same.Network) *same.Findings {
	t.Helper()
	f, err := same.Compare(context.Background(), a, b)
	require.NoError(t, err)
	return f
}

// The mean and the deviation of a run's training part are its own: 96 and 104 are both far above 10.
func TestEachNetworkSeesTheOthersSamplesInItsOwnScaling(t *testing.T) {
	t.Parallel()
	b := compare(t, above(10, 2, 8, 12), above(100, 4, 96, 104)).Behaviour
	require.NotNil(t, b)
	assert.False(t, b.Shared)
	assert.Equal(t, [2][2]float64{{1, 0.5}, {0.5, 1}}, b.Accuracy)
	assert.Equal(t, 0.5, b.Agreement, "on 8 and 104")

	b = compare(t, above(10, 2, 9.9, 10.3), above(10.1, 0.3, 9.9, 10.3)).Behaviour
	assert.True(t, b.Shared, "the same samples, scaled otherwise")
	assert.Equal(t, 2, b.Probe)
	assert.Equal(t, [2][2]float64{{1, 1}, {1, 1}}, b.Accuracy)
}

// The same part of the plane has other numbers for each.
func TestMapsAreOfOnePartOfThePlane(t *testing.T) {
	t.Parallel()
	planar := func(mean, std float64, x ...float32) *same.Network {
		s := nn.NewStore(1, initializer.Zeros())
		l := nn.NewLinear(s.At("0"), 2, 2)
		copy(l.Weight.Data, []float32{-1, 0, 1, 0})
		column := data.Column{Name: "x", Kind: data.NumberColumn, Mean: mean, Std: std}
		return &same.Network{
			Name: "planar", Store: s, Model: l, Input: &data.Input{Kind: data.TableInput, Columns: []data.Column{column, column}},
			Test: &data.Set{
				Name: "points", X: autograd.From(x, 2, 2), Y: autograd.Labels{Data: []int32{0, 1}, Shape: []int{2}}, Classes: []string{"left", "right"},
			},
		}
	}
	m := compare(t, planar(2, 1, -1, -1, 1, 1), planar(4, 2, -1, -1, 1, 1)).Behaviour.Maps
	require.NotNil(t, m[0])
	require.NotNil(t, m[1])
	for axis := range 2 {
		assert.InDelta(t, m[0].Lo[axis]+2, 2*m[1].Lo[axis]+4, 1e-9)
		assert.InDelta(t, m[0].Hi[axis]+2, 2*m[1].Hi[axis]+4, 1e-9)
	}
}

func TestPixelsAreScaledByChannel(t *testing.T) {
	t.Parallel()
	images := func(mean ...float64) *same.Network {
		s := nn.NewStore(1, initializer.Zeros())
		l := nn.NewLinear(s.At("0"), 4, 2)
		copy(l.Weight.Data, []float32{0, 0, -1, -1, 0, 0, 1, 1})
		return &same.Network{
			Name: "images", Store: s, Model: nn.NewSequential(s.At("0"), nn.NewFlatten(s.At("1")), l),
			Input: &data.Input{Kind: data.ImageInput, Width: 2, Height: 1, Channels: 2, PixelMean: mean, PixelStd: []float64{1, 0.25}},
			Test: &data.Set{
				Name: "images", X: autograd.From([]float32{0, 0, -1, -1, 0, 0, 1, 1}, 2, 2, 1, 2),
				Y: autograd.Labels{Data: []int32{0, 1}, Shape: []int{2}}, Classes: []string{"dark", "light"},
			},
		}
	}
	b := compare(t, images(0.5, 0.25), images(0.5, 0.75)).Behaviour
	require.NotNil(t, b)
	assert.Equal(t, [2][2]float64{{1, 0.5}, {0.5, 1}}, b.Accuracy)
	b = compare(t, images(0.25, 0.5), images(0.5, 0.5)).Behaviour
	assert.Equal(t, [2][2]float64{{1, 1}, {1, 1}}, b.Accuracy, "the first channel does not count")
}

func TestSamplesThatMeanSomethingElseAreNotCompared(t *testing.T) {
	t.Parallel()
	a, b := above(10, 0.01, 8, 12), above(10, 2, 8, 12)
	b.Input.Columns[0] = data.Column{Name: "x", Kind: data.CategoryColumn, Values: []string{"one"}}
	for _, other := range []*same.Network{b, above(0, 1e38, 0, 1e38)} {
		f := compare(t, a, other)
		assert.Nil(t, f.Behaviour)
		assert.Equal(t, "the networks take other inputs", f.Why)
	}
}

func TestComparisonsCanBeStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := same.Compare(ctx, above(10, 2, 8, 12), above(10, 2, 8, 12))
	require.ErrorIs(t, err, context.Canceled)
}
