package simd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
)

// twinLengths are odd, even, tiny, and long enough to be shared by processors.
var twinLengths = []int{0, 1, 7, 16, 33, 128, 1001, 17_003}

// requireTwin calls a function at every SIMD level with equal slices of float32, and requires that what it leaves in
// them is within so many ulp of what plain Go leaves. It is for tests that are not parallel: the level is the process's.
func requireTwin(t *testing.T, name string, ulps float64, streams int, draw func(r *rand.Rand) float32, call func(s [][]float32)) {
	t.Helper()
	for _, n := range twinLengths {
		r := rand.New(rand.NewPCG(uint64(n), 9))
		start := make([][]float32, streams)
		for i := range start {
			start[i] = make([]float32, n)
			for j := range start[i] {
				start[i][j] = draw(r)
			}
		}
		want := cloneAll(start)
		atLevel(t, isa.None, func() { call(want) })
		for _, level := range isa.Levels()[1:] {
			got := cloneAll(start)
			atLevel(t, level, func() { call(got) })
			for i := range got {
				for j, g := range got[i] {
					if w := want[i][j]; !within(ulps, w, g) {
						var from []float32
						for _, s := range start {
							from = append(from, s[j])
						}
						require.Fail(t, "not what the twin computes", "%s at %v, %d elements, slice %d, element %d: %v, the twin's %v; from %v",
							name, level, n, i, j, g, w, from)
					}
				}
			}
		}
	}
}

func cloneAll(s [][]float32) [][]float32 {
	s = slices.Clone(s)
	for i := range s {
		s[i] = slices.Clone(s[i])
	}
	return s
}

// atLevel runs f at a SIMD level.
func atLevel(t *testing.T, level isa.Level, f func()) {
	t.Helper()
	before := isa.Active()
	require.NoError(t, isa.Use(level))
	defer func() { require.NoError(t, isa.Use(before)) }()
	f()
}

// within tells whether got is at most so many ulp of want away from it. NaN is near NaN only, and -0 is near 0.
func within(ulps float64, want, got float32) bool {
	w, g := float64(want), float64(got)
	if w != w || g != g || math.IsInf(w, 0) || math.IsInf(g, 0) {
		return w == g || w != w && g != g
	}
	ulp := 0x1p-149
	if _, exponent := math.Frexp(w); w != 0 {
		ulp = math.Ldexp(1, max(exponent-24, -149))
	}
	return math.Abs(w-g) <= ulps*ulp
}

// anything draws every kind of float32.
func anything(r *rand.Rand) float32 {
	switch r.IntN(3) {
	case 0:
		return odd[r.IntN(len(odd))]
	case 1:
		return math.Float32frombits(r.Uint32())
	}
	return moderate(r)
}

var odd = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 2, nan, inf, -inf, math.MaxFloat32, -math.MaxFloat32,
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 0x1p-126, -0x1p-130,
}

func moderate(r *rand.Rand) float32 { return float32(r.NormFloat64()) }

// positive draws values whose sums lose no digits.
func positive(r *rand.Rand) float32 { return float32(0.5 + 1.5*r.Float64()) }

func TestNearnessCountsInUlp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ulps      float64
		want, got float32
		near      bool
	}{
		{0, 1, 1, true}, {0, 1, 1 + 0x1p-23, false}, {1, 1, 1 + 0x1p-23, true}, {1, 1, 1 - 0x1p-22, false},
		{1, 0, 0x1p-149, true}, {1, 0, 0x1p-148, false}, {1, 0x1p-140, 0x1p-140 + 0x1p-149, true},
		{9, nan, nan, true}, {9, nan, 1, false}, {9, 1, nan, false}, {9, inf, inf, true}, {9, inf, -inf, false},
		{9, math.MaxFloat32, inf, false},
	} {
		require.Equal(t, c.near, within(c.ulps, c.want, c.got), fmt.Sprint(c))
	}
}
