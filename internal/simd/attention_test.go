package simd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// Not parallel: the level is the process's.
func TestStepsOfAttentionAreWithinTheirErrorOfTheTwin(t *testing.T) {
	requireTwin(t, "score powers and weights", 8, 4, moderate, func(s [][]float32) {
		n := len(s[0])
		again := append([]float32(nil), s[0]...)
		var top, scale [1]float32
		simd.ScorePowers(s[0], 1, n, top[:], scale[:])
		simd.ScoreWeights(again, 1, n, top[:], scale[:])
		copy(s[1], again)
		copy(s[2], scale[:])
		copy(s[3], top[:])
	})
	requireTwin(t, "scale", 0, 1, moderate, func(s [][]float32) { simd.ScaleRows(s[0], 1, len(s[0]), len(s[0]), []float32{0.3}) })
	requireTwin(t, "dot", 2, 3, positive, func(s [][]float32) {
		var dot [1]float64
		simd.DotRows(dot[:], s[0], s[1], 1, len(s[0]), len(s[0]))
		for i := range s[2] {
			s[2][i] = float32(dot[0])
		}
	})
	// dw - dot loses no digits where dot is negative and dw is not.
	requireTwin(t, "score gradients", 3, 2, positive, func(s [][]float32) { simd.ScoreGradients(s[0], s[1], 1, len(s[0]), []float64{-1}) })
}

// Not parallel: the level is the process's.
func TestRowsOfScoresAreApart(t *testing.T) {
	for _, level := range isa.Levels() {
		atLevel(t, level, func() {
			const rows, n = 70, 3
			x := make([]float32, rows*n)
			for i := range x {
				x[i] = float32(i % 2)
			}
			for i := range n {
				x[n+i], x[66*n+i] = -inf, nan
			}
			top, scale := make([]float32, rows), make([]float32, rows)
			simd.ScorePowers(x, rows, n, top, scale)
			simd.ScaleRows(x, rows, n, n, scale)
			require.Equal(t, []float32{0, 0, 0}, x[n:2*n], "%v: a row that sees nothing", level)
			require.Zero(t, top[1])
			for r := range rows {
				sum := x[r*n] + x[r*n+1] + x[r*n+2]
				switch r {
				case 1:
				case 66:
					require.True(t, sum != sum, "%v: NaN stays in its row", level)
				default:
					require.InDelta(t, 1, sum, 1e-6, "%v: row %d", level, r)
				}
			}
		})
	}
}
