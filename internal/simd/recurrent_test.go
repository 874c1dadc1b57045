package simd_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/simd"
)

// cellRun is one step of a recurrent cell and the way back through it, over streams of equal length.
type cellRun[T simd.Float] struct {
	streams int
	run     func(s [][]T)
}

func cellRuns[T simd.Float]() map[string]cellRun[T] {
	return map[string]cellRun[T]{
		"lstm": {14, func(s [][]T) {
			simd.LSTM(s[0], s[1], s[2], s[3], s[4], s[5], s[6])
			simd.LSTMBackward(s[7], s[8], s[9], s[10], s[11], s[12], s[13], s[0], s[1], s[2], s[3], s[4], s[5])
		}},
		"gru": {14, func(s [][]T) {
			simd.GRU(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
			simd.GRUBackward(s[8], s[9], s[10], s[11], s[12], s[13], s[0], s[1], s[2], s[5], s[6])
		}},
	}
}

// TestRecurrentCellsMatchTheirTwins compares every stream, after a step and the way back, with float64. Values are
// around 1 and errors those of a few roundings.
func TestRecurrentCellsMatchTheirTwins(t *testing.T) {
	t.Parallel()
	double := cellRuns[float64]()
	for name, c := range cellRuns[float32]() {
		for _, n := range []int{1, 15, 16, 17, 67, 300} {
			r := rand.New(rand.NewPCG(uint64(n), 1))
			narrow, wide := make([][]float32, c.streams), make([][]float64, c.streams)
			for i := range narrow {
				narrow[i], wide[i] = make([]float32, n), make([]float64, n)
				for j := range n {
					narrow[i][j] = float32(2 * r.NormFloat64())
					wide[i][j] = float64(narrow[i][j])
				}
			}
			c.run(narrow)
			double[name].run(wide)
			for i := range narrow {
				for j, v := range narrow[i] {
					require.InDelta(t, wide[i][j], float64(v), 8e-6, "%s of %d: stream %d at %d", name, n, i, j)
				}
			}
		}
	}
}
