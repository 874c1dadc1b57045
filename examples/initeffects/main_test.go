package main

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

// rows reads the table: the numbers of each scheme.
func rows(t *testing.T, table string) map[string][]float64 {
	t.Helper()
	of := map[string][]float64{}
	lines := strings.Split(strings.TrimSpace(table), "\n")
	require.Len(t, lines, 8)
	for _, line := range lines[3:] {
		fields := strings.Fields(line)
		require.Len(t, fields, 8)
		for _, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			require.NoError(t, err)
			of[fields[0]] = append(of[fields[0]], v)
		}
	}
	return of
}

func TestRunShowsWhatAStartDoes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(&out, 3))
	of := rows(t, out.String())
	const first, last, gradient, loss = 0, 4, 5, 6
	shrinks := func(scheme string) float64 { return of[scheme][last] / of[scheme][first] }

	assert.Equal(t, []float64{0, 0, 0, 0, 0, 0}, of["zeros"][:loss], "zeros pass nothing on")
	assert.Less(t, shrinks("normal(0,0.01)"), 1e-20)
	assert.Greater(t, shrinks("xavier-normal"), 1e-4, "xavier halves the variance at each ReLU")
	assert.Less(t, shrinks("xavier-normal"), 1e-2)
	for _, scheme := range []string{"kaiming-normal", "orthogonal(for=relu)"} {
		// Chance moves each of 20 layers of 64 by some 15%, which adds up to a factor of 2 either way.
		assert.Greater(t, shrinks(scheme), 0.05, scheme)
		assert.Less(t, shrinks(scheme), 5.0, scheme)
		assert.Greater(t, of[scheme][gradient], 1e-4, scheme)
		assert.Less(t, of[scheme][loss], 2.0, scheme)
	}
	for _, scheme := range []string{"zeros", "normal(0,0.01)"} {
		assert.InDelta(t, math.Ln10, of[scheme][loss], 0.01, scheme)
	}
}

func TestStdOfKnownValues(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 2.0, std([]float32{2, 4, 4, 4, 5, 5, 7, 9}))
	assert.Zero(t, std([]float32{0.1, 0.1, 0.1}))
}
