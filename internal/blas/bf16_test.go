package blas_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
)

// nearestBF16s rounds normal numbers to 8 bits, ties to even.
func nearestBF16s(x []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		_, exponent := math.Frexp(float64(v))
		unit := math.Ldexp(1, exponent-8)
		y[i] = float32(math.RoundToEven(float64(v)/unit) * unit)
	}
	return y
}

// relativeError is the norm of the difference to a product of float64, by that product's norm.
func relativeError(l int, m, n, k int, bf16 bool) float64 {
	ta, tb := layouts[l].ta, layouts[l].tb
	a, b := normal[float32](uint64(m), m*k), normal[float32](uint64(n), k*n)
	g := blas.Args[float32]{TransA: ta, TransB: tb, M: m, N: n, K: k, Alpha: 1, A: a, LDA: k, B: b, LDB: n, C: make([]float32, m*n), LDC: n, BF16: bf16}
	if ta {
		g.LDA = m
	}
	if tb {
		g.LDB = k
	}
	blas.Multiply(&g)
	want, _ := reference(ta, tb, m, n, k, 1, a, b, 0, g.C)
	var wrong, size float64
	for i, v := range g.C {
		d := float64(v) - want[i]
		wrong, size = wrong+d*d, size+want[i]*want[i]
	}
	return math.Sqrt(wrong / size)
}

// Factors rounded to 8 bits are off by up to 2^-9 each, in the mean square by about 0.0012; sums of independent errors
// grow as the sum does.
func TestBF16ErrorIsThatOfRoundingTheFactors(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for l := range layouts {
			for _, s := range [][3]int{{64, 48, 100}, {33, 65, 700}, {1, 200, 300}} {
				got := relativeError(l, s[0], s[1], s[2], true)
				require.Less(t, got, 3e-3)
				require.Greater(t, got, 1e-3, "the factors were not rounded")
				require.Less(t, relativeError(l, s[0], s[1], s[2], false), 1e-6)
			}
		}
	})
}

func TestBF16LetsNaNAndInfThrough(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	atEveryLevel(t, func(t *testing.T, level isa.Level) {
		const n = 20
		for _, c := range []struct{ a, b, want float32 }{
			{nan, 0, nan}, {inf, 0, nan}, {inf, 2, inf}, {-inf, 2, -inf}, {0, nan, nan}, {math.MaxFloat32, 1, inf},
			{math.Float32frombits(0x7f7f7fff), 1, math.Float32frombits(0x7f7f0000)}, // the largest that stays finite
			{math.Float32frombits(0x7f800001), 1, nan}, {math.Float32frombits(0xffffffff), 1, nan},
			{1e-39, 1, 0}, {-1e-39, 1e38, 0}, // denormals count as zero
			{1 + 0x1p-8, 1, 1}, {1 + 0x3p-8, 1, 1 + 0x2p-7}, {1 + 0x1p-8 + 0x1p-23, 1, 1 + 0x1p-7}, // ties go to even
		} {
			a, b, out := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
			a[3*n+7], b[7*n+18] = c.a, c.b
			g := blas.Args[float32]{M: n, N: n, K: n, Alpha: 1, A: a, LDA: n, B: b, LDB: n, C: out, LDC: n, BF16: true}
			blas.Multiply(&g)
			got := out[3*n+18]
			require.True(t, got == c.want || got != got && c.want != c.want, "%v: %v * %v is %v, want %v", level, c.a, c.b, got, c.want)
			rounded := nearestBF16s([]float32{c.a})[0]
			require.Equal(t, rounded-rounded == 0, out[3*n] == 0, "%v: %v * 0 is %v", level, c.a, out[3*n])
		}
	})
}

func TestBF16IgnoresTheOtherFormats(t *testing.T) {
	t.Parallel()
	g := blas.Args[float64]{M: 1, N: 1, K: 1, Alpha: 1, A: []float64{1 + 0x1p-30}, LDA: 1, B: []float64{1}, LDB: 1, C: []float64{0}, LDC: 1, BF16: true}
	blas.Multiply(&g)
	require.Equal(t, 1+0x1p-30, g.C[0])
}

func TestBF16AllocatesNothingInSteadyState(t *testing.T) {
	const n = 100
	g := blas.Args[float32]{M: n, N: n, K: n, Alpha: 1, A: normal[float32](1, n*n), LDA: n, B: normal[float32](2, n*n), LDB: n, C: make([]float32, n*n), LDC: n, BF16: true}
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		run := func() { blas.Multiply(&g) }
		run()
		require.Less(t, testing.AllocsPerRun(20, run), 1.0)
	})
}
