package blas_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/testmode"
)

// layouts are the four ways two operands can be stored.
var layouts = []struct {
	name   string
	ta, tb blas.Transpose
}{
	{"NN", blas.NoTrans, blas.NoTrans},
	{"NT", blas.NoTrans, blas.Trans},
	{"TN", blas.Trans, blas.NoTrans},
	{"TT", blas.Trans, blas.Trans},
}

func normal[T blas.Float](seed uint64, n int) []T {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

// at is where element i, j of an operand [rows, columns] is stored.
func at(t blas.Transpose, rows, columns, i, j int) int {
	if t {
		return j*rows + i
	}
	return i*columns + j
}

// reference computes the product in float64 from its definition, and how far rounding in T may move each element.
func reference[T blas.Float](ta, tb blas.Transpose, m, n, k int, alpha T, a, b []T, beta T, c []T) (want, slack []float64) {
	epsilon := 0x1p-24
	if _, ok := any(alpha).(float64); ok {
		epsilon = 0x1p-53
	}
	want, slack = make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			var sum, size float64
			for q := range k {
				v := float64(a[at(ta, m, k, i, q)]) * float64(b[at(tb, k, n, q, j)])
				sum += v
				size += math.Abs(v)
			}
			sum *= float64(alpha)
			size *= math.Abs(float64(alpha))
			if beta != 0 {
				sum += float64(beta) * float64(c[i*n+j])
				size += math.Abs(float64(beta) * float64(c[i*n+j]))
			}
			want[i*n+j], slack[i*n+j] = sum, float64(k+3)*2*epsilon*size
		}
	}
	return want, slack
}

func checkGemm[T blas.Float](t *testing.T, ta, tb blas.Transpose, m, n, k int, alpha, beta T) {
	t.Helper()
	a, b, c := normal[T](1, m*k), normal[T](2, k*n), normal[T](3, m*n)
	if beta == 0 {
		fill(c, T(math.NaN())) // must not be read
	}
	want, slack := reference(ta, tb, m, n, k, alpha, a, b, beta, c)
	blas.Gemm(ta, tb, m, n, k, alpha, a, b, beta, c)
	for i := range c {
		if d := math.Abs(float64(c[i]) - want[i]); !(d <= slack[i]) {
			t.Fatalf("%T, transposed %v %v, %dx%dx%d, alpha %v, beta %v: element %d is %v, want %v", alpha, ta, tb, m, n, k, alpha, beta, i, c[i], want[i])
		}
	}
}

func fill[T blas.Float](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}

func TestGemmEqualsTheDefinition(t *testing.T) {
	last, step := 70, 3
	if testmode.Full() {
		last, step = 200, 1
	}
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for _, l := range layouts {
			for size := 1; size <= last; size += step {
				m, n, k := size, size*7%last+1, size*13%last+1
				checkGemm[float32](t, l.ta, l.tb, m, n, k, 1, 0)
				checkGemm[float32](t, l.ta, l.tb, k, m, n, -0.5, 1)
			}
			for _, beta := range []float32{0, 1, 0.5, -2} {
				for _, alpha := range []float32{1, -1, 0.3} {
					checkGemm(t, l.ta, l.tb, 17, 33, 9, alpha, beta)
					checkGemm(t, l.ta, l.tb, 70, 131, 40, alpha, beta)
				}
			}
		}
	})
}

func TestGemmOfFloat64EqualsTheDefinition(t *testing.T) {
	t.Parallel()
	for _, l := range layouts {
		for size := 1; size <= 70; size++ {
			m, n, k := size, size*7%70+1, size*13%70+1
			checkGemm[float64](t, l.ta, l.tb, m, n, k, 1, 0)
			checkGemm[float64](t, l.ta, l.tb, n, k, m, 2, -0.25)
		}
		for _, beta := range []float64{0, 1, 0.5} {
			checkGemm(t, l.ta, l.tb, 1, 65, 64, 0.3, beta)
		}
	}
}

// Zeros beside NaN or Inf make NaN: nothing is skipped, wherever the value stands.
func TestGemmLetsNaNAndInfThrough(t *testing.T) {
	bads := []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for _, l := range layouts {
			for _, beta := range []float32{0, 1} {
				for _, bad := range bads {
					checkBad(t, l.ta, l.tb, 3, 5, 7, float32(bad), beta)
					checkBad(t, l.ta, l.tb, 70, 130, 66, float32(bad), beta)
				}
			}
		}
	})
	for _, l := range layouts {
		for _, bad := range bads {
			checkBad(t, l.ta, l.tb, 3, 5, 7, bad, 0)
			checkBad(t, l.ta, l.tb, 3, 5, 7, bad, 1)
		}
	}
}

func checkBad[T blas.Float](t *testing.T, ta, tb blas.Transpose, m, n, k int, bad, beta T) {
	t.Helper()
	for _, place := range [][2]int{{0, 0}, {m / 2, k / 2}, {m - 1, k - 1}} {
		i, q := place[0], place[1]
		a, b, c := make([]T, m*k), make([]T, k*n), make([]T, m*n)
		a[at(ta, m, k, i, q)] = bad
		blas.Gemm(ta, tb, m, n, k, 1, a, b, beta, c)
		for e, v := range c {
			if (e/n == i) != (v != v) {
				t.Fatalf("a[%d, %d] = %v, c[%d, %d] = %v", i, q, bad, e/n, e%n, v)
			}
		}
	}
	for _, place := range [][2]int{{0, 0}, {k / 2, n / 2}, {k - 1, n - 1}} {
		q, j := place[0], place[1]
		a, b, c := make([]T, m*k), make([]T, k*n), make([]T, m*n)
		b[at(tb, k, n, q, j)] = bad
		blas.Gemm(ta, tb, m, n, k, 1, a, b, beta, c)
		for e, v := range c {
			if (e%n == j) != (v != v) {
				t.Fatalf("b[%d, %d] = %v, c[%d, %d] = %v", q, j, bad, e/n, e%n, v)
			}
		}
	}
}

// An infinity that meets no zero stays an infinity, beside finite values that are right.
func TestGemmKeepsInfinities(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	for _, l := range layouts {
		c := make([]float32, 4)
		b := []float32{inf, 1, 1, 2}
		blas.Gemm(l.ta, l.tb, 2, 2, 2, 1, []float32{1, 1, 1, 1}, b, 0, c)
		require.Equal(t, []float32{inf, 3, inf, 3}, c, l.name)
	}
}

func TestGemmOfEmptyMatrices(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	for _, l := range layouts {
		blas.Gemm[float32](l.ta, l.tb, 0, 3, 2, 1, nil, make([]float32, 6), 0, nil)
		blas.Gemm[float32](l.ta, l.tb, 3, 0, 2, 1, make([]float32, 6), nil, 0, nil)
		blas.Gemm[float32](l.ta, l.tb, 0, 0, 0, 1, nil, nil, 0, nil)
		for beta, want := range map[float32][]float32{0: {0, 0}, 1: {3, 4}, 0.5: {1.5, 2}} {
			c := []float32{3, 4}
			if beta == 0 {
				fill(c, nan)
			}
			blas.Gemm(l.ta, l.tb, 1, 2, 0, 1, nil, nil, beta, c)
			require.Equal(t, want, c, "%s: no inner axis, beta %v", l.name, beta)
		}
	}
}

func TestGemmTouchesOnlyItsMatrices(t *testing.T) {
	t.Parallel()
	for _, l := range layouts {
		a, b, c := normal[float32](1, 6+1), normal[float32](2, 12+1), normal[float32](3, 8+1)
		a[6], b[12] = float32(math.NaN()), float32(math.NaN())
		last := c[8]
		blas.Gemm(l.ta, l.tb, 2, 4, 3, 1, a, b, 0, c)
		require.Equal(t, last, c[8])
		for _, v := range c {
			require.False(t, v != v)
		}
	}
}

// Not parallel: it changes GOMAXPROCS.
func TestGemmGivesTheSameBitsForAnyNumberOfProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, l := range layouts {
		for _, s := range [][3]int{{200, 150, 130}, {64, 257, 300}, {33, 10, 64}} {
			m, n, k := s[0], s[1], s[2]
			a, b := normal[float32](1, m*k), normal[float32](2, k*n)
			var results [3][]float32
			for i, procs := range []int{1, 2, 7} {
				runtime.GOMAXPROCS(procs)
				results[i] = make([]float32, m*n)
				blas.Gemm(l.ta, l.tb, m, n, k, 1, a, b, 0, results[i])
			}
			require.Equal(t, results[0], results[1], "%s %v: 1 and 2 processors", l.name, s)
			require.Equal(t, results[0], results[2], "%s %v: 1 and 7 processors", l.name, s)
		}
	}
}

// other is a program's own BLAS. It multiplies C by beta even where that is 0, as some implementations do.
type other struct {
	gonum.Implementation
	calls *int
}

func (o other) Sgemm(ta, tb gonumblas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	*o.calls++
	for i := range c {
		c[i] *= beta
	}
	o.Implementation.Sgemm(ta, tb, m, n, k, alpha, a, lda, b, ldb, 1, c, ldc)
}

// Not parallel: it changes the implementation that gonum holds.
func TestGemmUsesTheProgramsOwnImplementation(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	calls := 0
	blas32.Use(other{calls: &calls})
	for _, l := range layouts {
		checkGemm[float32](t, l.ta, l.tb, 5, 6, 7, 1, 0)
		checkGemm[float32](t, l.ta, l.tb, 5, 6, 7, 0.5, 2)
		checkBad(t, l.ta, l.tb, 3, 4, 5, float32(math.NaN()), 0)
	}
	require.GreaterOrEqual(t, calls, 2*len(layouts))
}

func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct{ m, n, k int }{
		{32, 128, 64},   // a small MLP
		{64, 512, 784},  // the first layer of one on digits of 28x28
		{256, 256, 256}, // a square
		{1, 1024, 1024}, // one row: inference
	} {
		for _, l := range layouts {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", s.m, s.n, s.k, l.name), func(b *testing.B) {
				x, y, c := normal[float32](1, s.m*s.k), normal[float32](2, s.k*s.n), make([]float32, s.m*s.n)
				for b.Loop() {
					blas.Gemm(l.ta, l.tb, s.m, s.n, s.k, 1, x, y, 0, c)
				}
				flops := 2 * float64(s.m) * float64(s.n) * float64(s.k)
				b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
