package simd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// optional returns nil or values: every combination of gain and shift must be computed.
func optional(r *rand.Rand, given bool, n int) []float32 {
	if !given {
		return nil
	}
	return normals(r, n, 1, 0.5)
}

// maybe is widened, but nil for nil.
func maybe(x []float32) []float64 {
	if x == nil {
		return nil
	}
	return widened(x)
}

// sizes returns the size of what a shift or an old value is added to, where results may be less than it.
func sizes(x ...[]float64) func(i int) float64 {
	return func(i int) float64 {
		largest := 0.0
		for _, v := range x {
			largest = max(largest, math.Abs(v[i]))
		}
		return largest
	}
}

func TestRowNormsAreWithinTheirError(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, c cube, r *rand.Rand) {
		if c.inner != 1 || c.n == 0 {
			return // rows are normalized, and have elements
		}
		for kind := range 8 {
			if c.size() > 20000 && kind%4 != 3 {
				continue // long rows once with a shift and once without
			}
			centred, gain, shift := kind&1 != 0, optional(r, kind&2 != 0, c.n), optional(r, kind&4 != 0, c.n)
			testRowNorm(t, c, r, centred, gain, shift)
		}
	})
}

func testRowNorm(t *testing.T, c cube, r *rand.Rand, centred bool, gain, shift []float32) {
	const eps = 1e-3
	x, dy := normals(r, c.size(), 2, 50), normals(r, c.size(), 1, 0.2)
	y, want, plain := unread(c.size()), make([]float64, c.size()), make([]float64, c.size())
	rstd, wantRstd := make([]float64, c.outer), make([]float64, c.outer)
	var mean, wantMean []float64
	if centred {
		mean, wantMean = make([]float64, c.outer), make([]float64, c.outer)
		simd.LayerNorm(y, mean, rstd, x, gain, shift, eps)
		simd.LayerNorm(plain, wantMean, wantRstd, widened(x), maybe(gain), nil, eps)
		simd.LayerNorm(want, wantMean, wantRstd, widened(x), maybe(gain), maybe(shift), eps)
		require.InDeltaSlice(t, wantMean, mean, 1e-9)
	} else {
		simd.RMSNorm(y, rstd, x, gain, eps)
		simd.RMSNorm(want, wantRstd, widened(x), maybe(gain), eps)
		copy(plain, want)
	}
	for i := range rstd {
		require.InEpsilon(t, wantRstd[i], rstd[i], 1e-6)
	}
	requireWithin(t, want, y, ulps(3), sizes(plain), "norm")

	// The three terms of the gradient, of which float32 keeps the digits of the largest.
	terms := func(i int) float64 {
		row, j := i/c.n, i%c.n
		g := math.Abs(float64(dy[i]))
		if gain != nil {
			g *= math.Abs(float64(gain[j]))
		}
		h := float64(x[i])
		if centred {
			h -= wantMean[row]
		}
		return wantRstd[row] * max(g, 1, math.Abs(h*wantRstd[row]))
	}
	dx, wantDx := unread(c.size()), make([]float64, c.size())
	sums := simd.NormSums(c.outer, c.n)
	gains, shifts := filledWith(sums, math.NaN()), filledWith(sums, math.NaN())
	wantGains, wantShifts := make([]float64, c.n), make([]float64, c.n)
	simd.LayerNormBackward(dx, 0, gains, shifts, dy, x, mean, rstd, gain)
	simd.LayerNormBackward(wantDx, 0, wantGains, wantShifts, widened(dy), widened(x), wantMean, wantRstd, maybe(gain))
	requireWithin(t, wantDx, dx, ulps(5), terms, "gradient")
	requireSums(t, wantGains, gains, float64(c.outer)*50, "gradient of the gain")
	requireSums(t, wantShifts, shifts, 1e-3, "gradient of the shift")
	requireAdds(t, dx, func(dx []float32) { simd.LayerNormBackward(dx, 1, nil, nil, dy, x, mean, rstd, gain) })
	for _, wanted := range [][2][]float64{{gains, nil}, {nil, shifts}} { // alone they are the same
		before := [2][]float64{slices.Clone(wanted[0]), slices.Clone(wanted[1])}
		simd.LayerNormBackward(nil, 0, wanted[0], wanted[1], dy, x, mean, rstd, gain)
		require.Equal(t, before, wanted)
	}
}

func filledWith(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// requireSums allows each addend, of the sum of sizes, an error of float32.
func requireSums(t *testing.T, want, got []float64, sizes float64, name string) {
	t.Helper()
	for i, w := range want {
		require.InDelta(t, w, got[i], sizes*0x1p-23, "%s %d", name, i)
	}
}

// channelShapes are [n, c, inner].
var channelShapes = []cube{{6, 5, 1}, {64, 130, 1}, {1, 3, 1}, {40, 1000, 1}, {3, 4, 6}, {2, 70, 33}, {5, 3, 5000}, {0, 3, 4}, {3, 0, 4}, {3, 4, 0}}

func TestChannelNormsAreWithinTheirError(t *testing.T) {
	for _, s := range channelShapes {
		for _, level := range isa.Levels() {
			for kind := range 4 {
				t.Run(fmt.Sprint(s, level, kind), func(t *testing.T) {
					r := rand.New(rand.NewPCG(8, uint64(s.size())))
					atLevel(t, level, func() { testChannels(t, s, r, optional(r, kind&1 != 0, s.n), optional(r, kind&2 != 0, s.n)) })
				})
			}
		}
	}
}

func testChannels(t *testing.T, s cube, r *rand.Rand, gain, shift []float32) {
	c, inner := s.n, s.inner
	x, dy := normals(r, s.size(), 2, 50), normals(r, s.size(), 1, 0.2)
	sums := func() []float64 { return filledWith(c, math.NaN()) }
	mean, squares, wantMean, wantSquares := sums(), sums(), sums(), sums()
	simd.ChannelMoments(mean, squares, x, inner)
	simd.ChannelMoments(wantMean, wantSquares, widened(x), inner)
	for j := range mean {
		if s.size() == 0 {
			require.True(t, mean[j] != mean[j], "the mean of nothing")
			require.Zero(t, squares[j])
			continue
		}
		require.InEpsilon(t, wantMean[j], mean[j], 1e-12)
		require.InDelta(t, wantSquares[j], squares[j], wantSquares[j]*1e-6)
	}
	rstd := make([]float64, c)
	for j := range rstd {
		rstd[j] = 0.5 + 0.1*float64(j%7)
	}
	y, want, plain := unread(s.size()), make([]float64, s.size()), make([]float64, s.size())
	simd.NormalizeChannels(y, x, mean, rstd, gain, shift, inner)
	simd.NormalizeChannels(want, widened(x), mean, rstd, maybe(gain), maybe(shift), inner)
	simd.NormalizeChannels(plain, widened(x), mean, rstd, maybe(gain), nil, inner)
	requireWithin(t, want, y, ulps(3), sizes(plain), "norm")

	total, product, wantTotal, wantProduct := sums(), sums(), sums(), sums()
	simd.ChannelSums(total, product, dy, x, mean, rstd, inner)
	simd.ChannelSums(wantTotal, wantProduct, widened(dy), widened(x), mean, rstd, inner)
	require.InDeltaSlice(t, wantTotal, total, 1e-8)
	requireSums(t, wantProduct, product, 20*float64(s.outer*inner), "product")

	dx, wantDx := unread(s.size()), make([]float64, s.size())
	simd.NormalizeChannelsBackward(dx, 0, dy, rstd, gain, inner)
	simd.NormalizeChannelsBackward(wantDx, 0, widened(dy), rstd, maybe(gain), inner)
	requireWithin(t, wantDx, dx, ulps(2), nil, "gradient at fixed statistics")
	requireAdds(t, dx, func(dx []float32) { simd.NormalizeChannelsBackward(dx, 1, dy, rstd, gain, inner) })

	terms := func(i int) float64 {
		j := i / inner % c
		scale := rstd[j]
		if gain != nil {
			scale *= math.Abs(float64(gain[j]))
		}
		return scale * max(math.Abs(float64(dy[i])), 1, math.Abs(float64(x[i])-mean[j])*rstd[j])
	}
	copy(dx, unread(len(dx)))
	simd.BatchNormBackward(dx, 0, dy, x, mean, rstd, gain, total, product, inner)
	simd.BatchNormBackward(wantDx, 0, widened(dy), widened(x), mean, rstd, maybe(gain), total, product, inner)
	requireWithin(t, wantDx, dx, ulps(5), terms, "gradient")
	requireAdds(t, dx, func(dx []float32) {
		simd.BatchNormBackward(dx, 1, dy, x, mean, rstd, gain, total, product, inner)
	})
}

// The same rows must give the same bits in whatever company: how many there are decides who computes them.
func TestRowsDoNotDependOnEachOther(t *testing.T) {
	const n, c = 700, 96
	r := rand.New(rand.NewPCG(9, 9))
	x, gain := normals(r, n*c, 1, 3), normals(r, c, 1, 0)
	for _, level := range isa.Levels() {
		atLevel(t, level, func() {
			all, one := make([]float32, n*c), make([]float32, c)
			statistics := make([]float64, 2*n)
			simd.LayerNorm(all, statistics[:n], statistics[n:], x, gain, gain, 1e-5)
			for i := range n {
				simd.LayerNorm(one, statistics[:1], statistics[1:2], x[i*c:(i+1)*c], gain, gain, 1e-5)
				require.Equal(t, all[i*c:(i+1)*c], one, "row %d at %v", i, level)
			}
			simd.Softmax(all, x, n, c, 1)
			for i := range n {
				simd.Softmax(one, x[i*c:(i+1)*c], 1, c, 1)
				require.Equal(t, all[i*c:(i+1)*c], one, "softmax of row %d at %v", i, level)
			}
		})
	}
}
