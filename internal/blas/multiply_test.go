package blas_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
)

// strided makes operands whose rows lie apart, with NaN between them.
func strided[T blas.Float](ta, tb blas.Transpose, m, n, k, count int) *blas.Args[T] {
	g := &blas.Args[T]{TransA: ta, TransB: tb, M: m, N: n, K: k, Count: count, Alpha: 1}
	ra, ca, rb, cb := m, k, k, n
	if ta {
		ra, ca = ca, ra
	}
	if tb {
		rb, cb = cb, rb
	}
	g.A, g.LDA, g.StrideA = apart[T](1, count, ra, ca, 3)
	g.B, g.LDB, g.StrideB = apart[T](2, count, rb, cb, 1)
	g.C, g.LDC, g.StrideC = apart[T](3, count, m, n, 2)
	return g
}

func apart[T blas.Float](seed uint64, count, rows, columns, gap int) (x []T, ld, stride int) {
	ld = columns + gap
	stride = rows*ld + 5
	x = make([]T, count*stride)
	fill(x, T(math.NaN()))
	r := rand.New(rand.NewPCG(seed, 7))
	for i := range count * rows {
		for j := range columns {
			x[i/rows*stride+i%rows*ld+j] = T(r.NormFloat64())
		}
	}
	return x, ld, stride
}

// checkMultiply compares g with its definition in float64 and looks at what lies between rows of C.
func checkMultiply[T blas.Float](t *testing.T, g *blas.Args[T]) {
	t.Helper()
	before := append([]T(nil), g.C...)
	blas.Multiply(g)
	ai, aq, bq, bj := g.LDA, 1, g.LDB, 1
	if g.TransA {
		ai, aq = aq, ai
	}
	if g.TransB {
		bq, bj = bj, bq
	}
	what := fmt.Sprintf("%T %v%v %dx%dx%d, %d times", g.Alpha, g.TransA, g.TransB, g.M, g.N, g.K, g.Count)
	for item := range max(1, g.Count) {
		a, b, c := g.A[item*g.StrideA:], g.B[item*g.StrideB:], item*g.StrideC
		for i := range g.M {
			for j := range g.N {
				e := c + i*g.LDC + j
				var sum, size float64
				for q := range g.K {
					v := float64(a[i*ai+q*aq]) * float64(b[q*bq+j*bj])
					sum, size = sum+v, size+math.Abs(v)
				}
				sum, size = float64(g.Alpha)*sum, math.Abs(float64(g.Alpha))*size
				switch {
				case g.Bias != nil:
					sum, size = sum+float64(g.Bias[j]), size+math.Abs(float64(g.Bias[j]))
				case g.Beta != 0:
					v := float64(g.Beta) * float64(before[e])
					sum, size = sum+v, size+math.Abs(v)
				}
				if g.ReLU {
					sum = max(sum, 0)
				}
				if !(math.Abs(sum-float64(g.C[e])) <= float64(g.K+3)*2*0x1p-24*size) {
					t.Fatalf("%s: element %d, %d, %d is %v, want %v", what, item, i, j, g.C[e], sum)
				}
				before[e] = g.C[e]
			}
		}
	}
	for e := range before {
		if math.Float64bits(float64(before[e])) != math.Float64bits(float64(g.C[e])) {
			t.Fatalf("%s: wrote to place %d, where C is not", what, e)
		}
	}
}

// checkForms multiplies with strides, in batches and with every epilogue.
func checkForms[T blas.Float](t *testing.T) {
	for _, l := range layouts {
		for _, s := range [][4]int{{1, 1, 1, 1}, {7, 40, 19, 3}, {40, 23, 5, 9}, {1, 50, 33, 4}, {50, 1, 33, 2}, {70, 60, 80, 3}, {16, 101, 90, 2}} {
			m, n, k, count := s[0], s[1], s[2], s[3]
			g := strided[T](l.ta, l.tb, m, n, k, count)
			checkMultiply(t, g)
			g.Alpha, g.Beta = 0.5, -2
			checkMultiply(t, g)
			g.Alpha, g.Beta, g.ReLU = -1, 1, true
			checkMultiply(t, g)
			g.Alpha, g.Beta, g.Bias = 1, 0, normal[T](4, n)
			checkMultiply(t, g)
			g.ReLU, g.StrideB = false, 0 // all products take the first B
			checkMultiply(t, g)
		}
	}
}

func TestMultiplyEqualsTheDefinitionInEveryForm(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, _ isa.Level) { checkForms[float32](t) })
	checkForms[float64](t)
}

// Not parallel: it changes the implementation that gonum holds.
func TestMultiplyDoesApartWhatTheProgramsOwnImplementationLacks(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	calls := 0
	blas32.Use(other{calls: &calls})
	checkForms[float32](t)
	require.Positive(t, calls)
}

func TestHeadsOfAPackedTensorAreOneBatch(t *testing.T) {
	t.Parallel()
	const tokens, heads, size = 9, 3, 4 // q, k [tokens, heads, size]
	q, k := normal[float32](1, tokens*heads*size), normal[float32](2, tokens*heads*size)
	scores := make([]float32, heads*tokens*tokens)
	blas.Multiply(&blas.Args[float32]{
		TransB: blas.Trans, M: tokens, N: tokens, K: size, Alpha: 0.5, Count: heads,
		A: q, LDA: heads * size, StrideA: size, B: k, LDB: heads * size, StrideB: size, C: scores, LDC: tokens, StrideC: tokens * tokens,
	})
	for h := range heads {
		for i := range tokens {
			for j := range tokens {
				var want float64
				for e := range size {
					want += 0.5 * float64(q[(i*heads+h)*size+e]) * float64(k[(j*heads+h)*size+e])
				}
				require.InDelta(t, want, scores[(h*tokens+i)*tokens+j], 1e-5)
			}
		}
	}
}

// As in the reference BLAS, alpha 0 reads neither A nor B, and beta 0 does not read C.
func TestZeroScalarsReadNothing(t *testing.T) {
	nan := float32(math.NaN())
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		g := strided[float32](blas.NoTrans, blas.NoTrans, 5, 20, 7, 1)
		fill(g.A, nan)
		fill(g.C, 4)
		g.Alpha, g.Beta = 0, 0.5
		blas.Multiply(g)
		for i := range g.M {
			for j := range g.N {
				require.Equal(t, float32(2), g.C[i*g.LDC+j])
			}
		}
		g = strided[float32](blas.NoTrans, blas.NoTrans, 5, 20, 7, 1)
		fill(g.C, nan)
		blas.Multiply(g)
		for i := range g.M {
			for j := range g.N {
				require.False(t, math.IsNaN(float64(g.C[i*g.LDC+j])))
			}
		}
	})
}

func TestReLUKeepsNaNAndMakesPositiveZeros(t *testing.T) {
	nan := float32(math.NaN())
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		b := []float32{nan, -1, 2, float32(math.Copysign(0, -1)), float32(math.Inf(-1))}
		c := make([]float32, 5)
		blas.Multiply(&blas.Args[float32]{M: 1, N: 5, K: 1, Alpha: 1, A: []float32{1}, LDA: 1, B: b, LDB: 5, C: c, LDC: 5, ReLU: true})
		require.True(t, c[0] != c[0])
		for j, want := range []float32{0, 2, 0, 0} {
			require.Equal(t, math.Float32bits(want), math.Float32bits(c[j+1]), "%v", b[j+1])
		}
	})
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, s := range [][3]int{{8, 8, 8}, {64, 784, 512}, {1, 500, 300}, {300, 200, 100}} {
		m, n, k := s[0], s[1], s[2]
		a, b, c := normal[float32](1, m*k), normal[float32](2, k*n), make([]float32, m*n)
		for _, l := range layouts {
			run := func() { blas.Gemm(l.ta, l.tb, m, n, k, 1, a, b, 0, c) }
			run()
			require.Less(t, testing.AllocsPerRun(5, run), 1.0, "%v %s", s, l.name)
		}
	}
}

func TestProbeDoesWhatItSays(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for _, n := range []int{0, 1, 1000} {
			flops := blas.Probe(n)
			require.InDelta(t, n*1000, flops, 1000)
			require.Positive(t, flops)
		}
	})
}
