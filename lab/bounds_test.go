package lab

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

func TestSpectraThatTakeMinutesAreLeftOut(t *testing.T) {
	t.Parallel()
	assert.True(t, Decomposable(1448, 1448))
	assert.True(t, Decomposable(2048, 1024))
	assert.False(t, Decomposable(1449, 1449))
	assert.False(t, Decomposable(math.MaxInt, math.MaxInt))
	s := Default()
	s.Depth, s.Width, s.Steps = 1, 1449, 0
	f, err := Study{Setup: s, Cases: []Case{{"kaiming-normal", "kaiming-normal"}}, Seeds: 2}.Run(context.Background(), 1, nil)
	require.NoError(t, err)
	for _, r := range f.Runs[0] {
		assert.Len(t, r.WeightValues, 2)
		assert.Nil(t, r.JacobianValues)
	}
}

func TestDataOnALineHaveAPlaceInThePlane(t *testing.T) {
	t.Parallel()
	set := &data.Set{X: autograd.From([]float32{1, 0, 1, 2}, 2, 2), Classes: []string{"a", "b"}}
	lo, hi, plane := Corners(set)
	assert.True(t, plane)
	assert.Equal(t, [2]float64{0, -0.1}, lo)
	assert.Equal(t, [2]float64{2, 2.1}, hi)
}

func TestSeedsDoNotWrapAround(t *testing.T) {
	t.Parallel()
	s := Study{Setup: Default(), Cases: []Case{{"zeros", "zeros"}}, Seeds: 2}
	s.Setup.Seed = math.MaxUint64
	require.EqualError(t, s.Check(), "seed is 18446744073709551615: there are not 2 seeds from there")
	s.Seeds = 1
	require.NoError(t, s.Check())
}
