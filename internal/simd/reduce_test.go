package simd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// grids are [outer, n, inner]: rows and blocks, shorter and longer than a register, more than one block, and enough work
// for several processors.
var grids = [][3]int{
	{1, 1, 1}, {1, 37, 1}, {3, 5, 1}, {4, 100, 1}, {300, 130, 1}, {1, 100_003, 1},
	{1, 6, 5}, {2, 3, 130}, {1, 40, 1000}, {5, 17, 300}, {70, 3, 129},
}

// coarse draws ties.
func coarse(r *rand.Rand) float32 { return float32(r.IntN(7)) - 3 }

// TestReductionsEqualTheirTwins compares reductions over an axis, and their gradients in both forms, with those of
// plain Go.
func TestReductionsEqualTheirTwins(t *testing.T) {
	for _, k := range []struct {
		name           string
		ulps, ulpsBack float64
		draw           func(r *rand.Rand) float32
		forward        func(y, x []float32, outer, n, inner int)
		backward       func(dx []float32, beta float32, dy, y, x []float32, outer, n, inner int)
	}{
		{name: "sum", ulps: 1, draw: positive,
			forward: func(y, x []float32, outer, n, inner int) { simd.SumAxis(y, 0.3, x, outer, n, inner) },
			backward: func(dx []float32, beta float32, dy, _, _ []float32, outer, n, inner int) {
				simd.SumAxisBackward(dx, beta, 0.3, dy, outer, n, inner)
			}},
		{name: "largest", draw: coarse,
			forward: func(y, x []float32, outer, n, inner int) { simd.Extreme(y, 1, x, outer, n, inner) },
			backward: func(dx []float32, beta float32, dy, y, x []float32, outer, n, inner int) {
				simd.ExtremeBackward(dx, beta, dy, y, x, outer, n, inner)
			}},
		{name: "smallest of anything", draw: anything,
			forward: func(y, x []float32, outer, n, inner int) { simd.Extreme(y, -1, x, outer, n, inner) },
			backward: func(dx []float32, beta float32, dy, y, x []float32, outer, n, inner int) {
				simd.ExtremeBackward(dx, beta, dy, y, x, outer, n, inner)
			}},
		{name: "variance", ulps: 2, ulpsBack: 5, draw: moderate,
			forward: func(y, x []float32, outer, n, inner int) { simd.Variance(y, 0.3, x, outer, n, inner) },
			backward: func(dx []float32, beta float32, dy, y, x []float32, outer, n, inner int) {
				simd.VarianceBackward(dx, beta, 0.3, dy, x, outer, n, inner)
			}},
		{name: "deviation of large values", ulps: 2, ulpsBack: 5, draw: func(r *rand.Rand) float32 { return 1e6 + moderate(r) },
			forward: func(y, x []float32, outer, n, inner int) { simd.Deviation(y, 0.3, x, outer, n, inner) },
			backward: func(dx []float32, beta float32, dy, y, x []float32, outer, n, inner int) {
				simd.DeviationBackward(dx, beta, 0.3, dy, y, x, outer, n, inner)
			}},
	} {
		for _, shape := range grids {
			outer, n, inner := shape[0], shape[1], shape[2]
			r := rand.New(rand.NewPCG(1, 2))
			x, dy := make([]float32, outer*n*inner), make([]float32, outer*inner)
			for i := range x {
				x[i] = k.draw(r)
			}
			for i := range dy {
				dy[i] = positive(r)
			}
			run := func(level isa.Level) (y, dx []float32) {
				y, dx = make([]float32, outer*inner), make([]float32, outer*n*inner)
				simd.Fill(dx, nan)
				atLevel(t, level, func() {
					k.forward(y, x, outer, n, inner)
					k.backward(dx, 0, dy, y, x, outer, n, inner)
				})
				return y, dx
			}
			y, dx := run(isa.None)
			for _, level := range isa.Levels()[1:] {
				what := fmt.Sprintf("%s of %v at %v", k.name, shape, level)
				gotY, gotDx := run(level)
				requireNear(t, k.ulps, y, gotY, what+": lines")
				requireNear(t, k.ulpsBack, dx, gotDx, what+": gradient")
				twice, want := append([]float32(nil), gotDx...), make([]float32, len(gotDx))
				for i, d := range gotDx {
					want[i] = d + d
				}
				atLevel(t, level, func() { k.backward(twice, 1, dy, gotY, x, outer, n, inner) })
				requireNear(t, 0, want, twice, what+": gradient added to itself")
			}
		}
	}
}

func requireNear(t *testing.T, ulps float64, want, got []float32, what string) {
	t.Helper()
	for i, w := range want {
		if !within(ulps, w, got[i]) {
			require.Fail(t, "too far away", "%s: element %d is %v, not %v", what, i, got[i], w)
		}
	}
}

func TestArgMaxFindsTheFirstOfTheLargest(t *testing.T) {
	for _, level := range isa.Levels() {
		atLevel(t, level, func() {
			for _, draw := range []func(r *rand.Rand) float32{moderate, anything, coarse} {
				for _, shape := range grids {
					outer, n, inner := shape[0], shape[1], shape[2]
					r := rand.New(rand.NewPCG(3, 4))
					x, at := make([]float32, outer*n*inner), make([]int32, outer*inner)
					for i := range x {
						x[i] = draw(r)
					}
					simd.ArgMax(at, x, outer, n, inner)
					for line, got := range at {
						from := line/inner*n*inner + line%inner
						require.Equal(t, firstLargest(x, from, n, inner), got, "line %d of %v at %v", line, shape, level)
					}
				}
			}
		})
	}
}

// firstLargest is where the largest of n elements stands first. NaN is the largest.
func firstLargest(x []float32, from, n, step int) (at int32) {
	for j := 1; j < n; j++ {
		top, v := x[from+int(at)*step], x[from+j*step]
		if top == top && (v > top || v != v) {
			at = int32(j)
		}
	}
	return at
}

// TestSumsOfManyElements goes over the pieces that sums are made in.
func TestSumsOfManyElements(t *testing.T) {
	for _, n := range []int{1, 1 << 15, 1<<15 + 1, 3<<15 + 77} {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i%1000) - 300
		}
		var sum, squares float64
		for _, v := range x {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		for _, level := range isa.Levels() {
			atLevel(t, level, func() {
				require.Equal(t, sum, simd.Sum(x), "%d elements at %v", n, level) // exact: small integers
				require.Equal(t, squares, simd.SumSquares(x), "%d elements at %v", n, level)
				x[n/2] = nan
				require.True(t, math.IsNaN(simd.Sum(x)) && math.IsNaN(simd.SumSquares(x)))
				x[n/2] = float32(n/2%1000) - 300
			})
		}
	}
}

// TestColumnSumsAddRowAfterRow compares with one row at a time: in another order small values would be lost elsewhere.
func TestColumnSumsAddRowAfterRow(t *testing.T) {
	for _, level := range isa.Levels() {
		atLevel(t, level, func() {
			for _, shape := range [][2]int{{1, 10}, {3, 10}, {64, 10}, {9, 1}, {65, 300}, {7, 20_000}} {
				rows, c := shape[0], shape[1]
				r := rand.New(rand.NewPCG(5, 6))
				x, want := make([]float32, rows*c), make([]float32, c)
				for i := range x {
					x[i] = float32(r.NormFloat64()) * float32(math.Ldexp(1, r.IntN(30)))
				}
				for i, v := range x {
					want[i%c] += v
				}
				got := make([]float32, c)
				simd.Fill(got, nan)
				simd.ColumnSums(got, 0, x)
				require.Equal(t, want, got, "%v at %v", shape, level)
			}
		})
	}
}
