package paper

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

func TestTheBestRateOfAWiderNetworkIsLowerUnlessItIsParametrizedForIt(t *testing.T) {
	t.Parallel()
	o, err := mupRate{widths: []int{16, 128}, steps: 30, least: -9, most: -3}.run(t.Context(), Config{Seeds: 2})
	require.NoError(t, err)
	require.Len(t, o.Rows, 6)
	standard, mup := o.Rows[1], o.Rows[4]
	assert.LessOrEqual(t, standard.Mean(), -1.5, "octaves")
	assert.InDelta(t, 0, mup.Mean(), 0.5, "octaves")
	assert.Less(t, o.Rows[5].Mean(), o.Rows[2].Mean(), "the rate of the narrow network serves the wide one")
	require.NotNil(t, o.Picture)
	assert.Contains(t, o.Picture.SVG(), "log₂ of the learning rate")
}

func TestNumbersInNetworksOfAnyWidthStayInSizeUnderMuPAlone(t *testing.T) {
	t.Parallel()
	o, err := mupCoordinates{widths: []int{32, 64, 128}, steps: 3, rate: 0.004, nets: 2}.run(t.Context(), Config{Seeds: 2})
	require.NoError(t, err)
	require.Len(t, o.Rows, 4)
	for _, row := range o.Rows[:2] {
		assert.Greater(t, row.Mean(), 0.6, row.Label)
	}
	for _, row := range o.Rows[2:] {
		assert.InDelta(t, 0, row.Mean(), 0.25, row.Label)
	}
}

func TestTheParametrizationsAreTheSameAtTheBase(t *testing.T) {
	t.Parallel()
	var weights [][]float32
	for _, p := range parametrizations {
		s := nn.NewStore(1, parametrized(p.base(mupBase)))
		nn.NewMLP(s.Root(), 8, mupBase, mupBase, 3)
		for _, w := range s.Params() {
			require.InDelta(t, 1, w.Multiplier, 0)
			require.InDelta(t, 1, w.LRMultiplier, 0)
			weights = append(weights, w.Data)
		}
	}
	require.Equal(t, weights[:len(weights)/2], weights[len(weights)/2:])
	s := nn.NewStore(1, parametrized(parametrizations[0].base(128)))
	nn.NewMLP(s.Root(), 8, 128, 128, 3)
	for _, w := range s.Params() {
		assert.InDelta(t, 1, w.Multiplier, 0, "the standard parametrization knows no multipliers")
		assert.InDelta(t, 1, w.LRMultiplier, 0)
		if w.Kind == initializer.Weight && w.Name != "4.weight" {
			assert.InEpsilon(t, 2/float64(w.FanIn), meanSquare(w.Data), 0.15, w.Name)
		}
	}
}

func meanSquare(values []float32) float64 {
	var sum float64
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(values))
}

func TestLossesThatAreNotNumbersAreTheHighest(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	assert.Equal(t, 1, lowest([]float64{2, 1, 3}))
	assert.Equal(t, 2, lowest([]float64{nan, math.Inf(1), 3, nan}))
	assert.Equal(t, 0, lowest([]float64{1, 1}))
}
