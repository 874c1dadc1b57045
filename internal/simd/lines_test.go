package simd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
)

// cube is the shape [outer, n, inner] of an array whose lines are along the middle axis.
type cube struct{ outer, n, inner int }

func (c cube) size() int  { return c.outer * c.n * c.inner }
func (c cube) lines() int { return c.outer * c.inner }

// lineOf returns the number of the line that an element is in.
func (c cube) lineOf(i int) int { return i/(c.n*c.inner)*c.inner + i%c.inner }

// cubes have lines of every kind: short, long, cut into pieces, many, few, none; as rows and as columns.
var cubes = []cube{
	{1, 1, 1}, {5, 10, 1}, {70, 7, 1}, {3, 65, 1}, {2, 1000, 1}, {1, 50257, 1}, {2, 33001, 1}, {300, 100, 1},
	{3, 5, 7}, {2, 9, 70}, {1, 33, 130}, {5, 600, 16}, {0, 3, 1}, {3, 0, 1}, {3, 0, 2}, {2, 3, 0},
}

// atEveryLevel runs a test on every shape at every level. Such tests are not parallel: the level is the process's.
func atEveryLevel(t *testing.T, f func(t *testing.T, c cube, r *rand.Rand)) {
	t.Helper()
	for _, c := range cubes {
		for _, level := range isa.Levels() {
			t.Run(fmt.Sprintf("%v/%v", c, level), func(t *testing.T) {
				atLevel(t, level, func() { f(t, c, rand.New(rand.NewPCG(uint64(c.size()), 3))) })
			})
		}
	}
}

func normals(r *rand.Rand, n int, scale, offset float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(offset + scale*r.NormFloat64())
	}
	return x
}

func widened(x []float32) []float64 {
	w := make([]float64, len(x))
	for i, v := range x {
		w[i] = float64(v)
	}
	return w
}

// unread is memory that must be written before it is read.
func unread(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = nan
	}
	return x
}

// requireWithin compares with what float64 gives. The error is counted in ulp of what is expected, or of the size given
// for it where that is larger.
func requireWithin(t *testing.T, want []float64, got []float32, ulps func(i int) float64, size func(i int) float64, name string) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		allowed := ulps(i)
		if size != nil && w == w && size(i) > math.Abs(w) && w != 0 {
			allowed *= math.Ldexp(1, math.Ilogb(size(i))-math.Ilogb(w))
		} else if size != nil && w == 0 {
			require.InDelta(t, 0, got[i], allowed*size(i)*0x1p-23, "%s: element %d", name, i)
			continue
		}
		if !within(allowed, float32(w), got[i]) {
			require.Fail(t, "too far", "%s: element %d is %v, not %v within %v ulp", name, i, got[i], w, allowed)
		}
	}
}

func ulps(n float64) func(int) float64 { return func(int) float64 { return n } }
