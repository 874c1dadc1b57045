package simd_test

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

const someKey = 0x0123456789abcdef

// The integers are the same at every level, so the elements that go are too, and numbers that need no rounding.
func TestRandomBitsAreTheSameAtEveryLevel(t *testing.T) {
	for _, n := range append(twinLengths, 100_001) {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i + 1)
		}
		draw := func(level isa.Level) (spread, y []float32, kept []bool) {
			spread, y, kept = make([]float32, n), make([]float32, n), make([]bool, n)
			atLevel(t, level, func() {
				simd.Uniform(spread, someKey, -1, 1)
				simd.Dropout(y, kept, x, someKey, 0.3)
			})
			return spread, y, kept
		}
		spread, y, kept := draw(isa.None)
		for _, level := range isa.Levels()[1:] {
			gotSpread, gotY, gotKept := draw(level)
			require.True(t, slices.Equal(spread, gotSpread), "%v, %d elements", level, n)
			require.True(t, slices.Equal(kept, gotKept), "%v, %d elements", level, n)
			require.True(t, slices.Equal(y, gotY), "%v, %d elements", level, n)
		}
	}
}

func TestNormalsAreNearTheTwins(t *testing.T) {
	requireTwin(t, "normal", 4, 1, positive, func(s [][]float32) { simd.Normal(s[0], someKey, 0, 0.02) })
	requireTwin(t, "uniform", 1, 1, positive, func(s [][]float32) { simd.Uniform(s[0], someKey, -0.3, 0.3) })
}

func TestEveryElementIsDrawn(t *testing.T) {
	t.Parallel()
	for n := range 70 {
		x := make([]float32, n)
		for i := range x {
			x[i] = nan
		}
		simd.Uniform(x, someKey, 3, 4)
		for i, v := range x {
			require.True(t, v >= 3 && v <= 4, "element %d of %d is %v", i, n, v)
		}
		seen := slices.Clone(x)
		slices.Sort(seen)
		require.Len(t, slices.Compact(seen), n, "two elements of %d are equal", n)
	}
}

// The Kolmogorov-Smirnov distance of n draws is above 2.6/sqrt(n) once in 400,000 times.
func TestDistributionsAreThoseOfTheirNames(t *testing.T) {
	t.Parallel()
	const n = 200_000
	x := make([]float32, n)
	for key := range uint64(5) {
		simd.Normal(x, key, 1, 2)
		requireDistribution(t, x, func(v float64) float64 { return 0.5 * math.Erfc((1-v)/2/math.Sqrt2) })
		simd.Uniform(x, key, -3, 5)
		requireDistribution(t, x, func(v float64) float64 { return (v + 3) / 8 })
	}
}

func requireDistribution(t *testing.T, x []float32, probability func(v float64) float64) {
	t.Helper()
	slices.Sort(x)
	n := float64(len(x))
	var distance float64
	for i, v := range x {
		p := probability(float64(v))
		distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
	}
	require.Less(t, distance*math.Sqrt(n), 2.6)
}

// Correlations of n independent pairs of variance 1 are normal with deviation 1/sqrt(n): five of them happen twice in a
// million times.
func TestNeighboursHalvesAndKeysAreIndependent(t *testing.T) {
	t.Parallel()
	const n = 1 << 18
	x, y := make([]float32, n), make([]float32, n)
	simd.Normal(x, 1, 0, 1)
	for _, bit := range []int{0, 31, 32, 63} {
		simd.Normal(y, 1^1<<bit, 0, 1)
		requireUncorrelated(t, x, y)
	}
	for _, lag := range []int{1, 2, 16, n / 2} {
		requireUncorrelated(t, x[:n-lag], x[lag:])
	}
}

func requireUncorrelated(t *testing.T, x, y []float32) {
	t.Helper()
	var sum, squares float64
	for i, v := range x {
		sum += float64(v) * float64(y[i])
		squares += (float64(v)*float64(v) - 1) * (float64(y[i])*float64(y[i]) - 1) / 2
	}
	require.Less(t, math.Abs(sum)/math.Sqrt(float64(len(x))), 5.0)
	require.Less(t, math.Abs(squares)/math.Sqrt(float64(len(x))), 5.0)
}

func TestDropoutKeepsEachElementWithItsProbability(t *testing.T) {
	t.Parallel()
	const n = 1 << 16
	x, y, kept := make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range x {
		x[i] = 1
	}
	for i, p := range []float64{0.001, 0.1, 0.5, 0.9, 1} {
		simd.Dropout(y, kept, x, bits.RotateLeft64(someKey, i), p)
		count := 0
		for i, k := range kept {
			if k {
				count++
				require.Equal(t, 1/(1-p), y[i])
			} else {
				require.Zero(t, y[i])
			}
		}
		require.LessOrEqual(t, math.Abs(float64(count)-(1-p)*n), 5*math.Sqrt(n*p*(1-p)), "%v", p)
	}
}

func TestDropoutOfFloat64AndFloat32KeepTheSameElements(t *testing.T) {
	t.Parallel()
	const n = 1001
	a, b := make([]bool, n), make([]bool, n)
	simd.Dropout(make([]float32, n), a, make([]float32, n), someKey, 0.4)
	simd.Dropout(make([]float64, n), b, make([]float64, n), someKey, 0.4)
	require.Equal(t, a, b)
}

func TestDropoutLetsNaNAndInfThrough(t *testing.T) {
	t.Parallel()
	y, dx, kept := make([]float32, 40), make([]float32, 40), make([]bool, 40)
	x := slices.Repeat([]float32{nan, inf}, 20)
	simd.Dropout(y, kept, x, someKey, 0.5)
	simd.DropoutBackward(dx, 0, x, kept, 2)
	for i := range y {
		for _, v := range []float32{y[i], dx[i]} {
			require.Equal(t, x[i] == inf && kept[i], v == inf, fmt.Sprint(i))
			require.Equal(t, x[i] != inf || !kept[i], v != v, fmt.Sprint(i))
		}
	}
}

func TestDropoutBackwardHasBothForms(t *testing.T) {
	requireTwin(t, "dropoutBackward", 0, 2, moderate, func(s [][]float32) {
		kept := make([]bool, len(s[0]))
		for i := range kept {
			kept[i] = i%3 == 0
		}
		simd.DropoutBackward(s[0], 1, s[1], kept, 2)
		simd.DropoutBackward(s[1], 0, s[0], kept, 1.5)
	})
}

func BenchmarkDropout(b *testing.B) {
	const n = 1 << 14
	x, y, kept := make([]float32, n), make([]float32, n), make([]bool, n)
	b.SetBytes(n)
	for b.Loop() {
		simd.Dropout(y, kept, x, someKey, 0.5)
	}
}

func BenchmarkNormal(b *testing.B) {
	const n = 1 << 14
	x := make([]float32, n)
	b.SetBytes(n)
	for b.Loop() {
		simd.Normal(x, someKey, 0, 1)
	}
}
