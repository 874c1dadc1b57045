package paper

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
)

func TestTheResidualStreamOfShallowGPTsGrowsUnlessItIsScaled(t *testing.T) {
	t.Parallel()
	o, err := gptResidual{depths: []int{2, 8}, width: 128, heads: 4}.run(t.Context(), Config{Seeds: 2, Jobs: 1})
	require.NoError(t, err)
	require.Len(t, o.Rows, 6)
	many, err := gptResidual{depths: []int{2, 8}, width: 128, heads: 4}.run(t.Context(), Config{Seeds: 2, Jobs: 4})
	require.NoError(t, err)
	require.Equal(t, o, many, "networks at once change nothing")
	plain, scaled := o.Rows[2], o.Rows[5]
	assert.InDelta(t, 0.5, plain.Mean(), 0.1)
	assert.InDelta(t, 0, scaled.Mean(), 0.1)
}

// TestTheStreamGrowsInOneGPTToo: within a model the scale makes growth slow, and does not stop it.
func TestTheStreamGrowsInOneGPTToo(t *testing.T) {
	t.Parallel()
	g := gptResidual{width: 64, heads: 4}
	for _, scheme := range []initializer.Scheme{initializer.Normal(0, 0.05), initializer.GPT2(0.05)} {
		stream := g.stream(scheme, 8, 1)
		require.Len(t, stream, 8)
		assert.Greater(t, stream[7], 1.05*stream[0])
	}
}

func TestExponentIsThatOfAPower(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, -1.5, exponent([]float64{1, 4, 16}, []float64{8, 1, 0.125}), 1e-12)
}
