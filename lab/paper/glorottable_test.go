package paper

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// At the beginning of training, and with more layers, the difference is plain.
func TestNormalizedTanhNetworksAreAheadOnFigures(t *testing.T) {
	t.Parallel()
	g := glorotTable{layers: 8, width: 32, batch: 10, steps: 400, rates: []float64{0.03}, validation: 10, test: 1000}
	o, err := g.run(t.Context(), Config{Seeds: 2})
	require.NoError(t, err)
	require.Len(t, o.Rows, 3)
	for _, row := range o.Rows[:2] {
		assert.Less(t, row.Mean(), 85.0, "one of nine classes is guessed right in 11%%: %s", row.Label)
	}
	assert.Greater(t, o.Rows[2].Mean(), 3.0)
}

func TestTheRateOfTheLeastMeanErrorInValidationIsTaken(t *testing.T) {
	t.Parallel()
	g := glorotTable{rates: []float64{0.1, 0.2, 0.4}}
	rate, tested := g.best([]percentWrong{{50, 1}, {52, 2}, {30, 3}, {40, 4}, {10, 5}, {80, 6}}, 2)
	require.InDelta(t, 0.2, rate, 0)
	require.Equal(t, []float64{3, 4}, tested)
}
