package blas_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/heft-ml/heft/internal/blas"
)

// panicOf is what f panics with.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func gonumTrans(t blas.Transpose) gonumblas.Transpose {
	if t {
		return gonumblas.Trans
	}
	return gonumblas.NoTrans
}

// byGonum computes one product with gonum's own implementation.
func byGonum(g blas.Args[float32]) {
	gonum.Implementation{}.Sgemm(gonumTrans(g.TransA), gonumTrans(g.TransB), g.M, g.N, g.K, g.Alpha, g.A, g.LDA, g.B, g.LDB, g.Beta, g.C, g.LDC)
}

// square is a product of 3 x 4 by 4 x 5 in slices as short as they may be.
func square(ta, tb blas.Transpose) blas.Args[float32] {
	g := blas.Args[float32]{TransA: ta, TransB: tb, M: 3, N: 5, K: 4, Alpha: 1, LDA: 7, LDB: 8, LDC: 9, C: make([]float32, 2*9+5)}
	g.A, g.B = make([]float32, 2*7+4), make([]float32, 3*8+5)
	if ta {
		g.A = make([]float32, 3*7+3)
	}
	if tb {
		g.B = make([]float32, 4*8+4)
	}
	return g
}

func TestBadArgumentsPanicAsGonumDoes(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(g *blas.Args[float32]){
		"m":     func(g *blas.Args[float32]) { g.M = -1 },
		"n":     func(g *blas.Args[float32]) { g.N = -1 },
		"k":     func(g *blas.Args[float32]) { g.K = -1 },
		"lda":   func(g *blas.Args[float32]) { g.LDA = 2 },
		"ldb":   func(g *blas.Args[float32]) { g.LDB = 3 },
		"ldc":   func(g *blas.Args[float32]) { g.LDC = 4 },
		"lda 0": func(g *blas.Args[float32]) { g.M, g.K, g.LDA = 0, 0, 0 },
		"a":     func(g *blas.Args[float32]) { g.A = g.A[1:] },
		"b":     func(g *blas.Args[float32]) { g.B = g.B[1:] },
		"c":     func(g *blas.Args[float32]) { g.C = g.C[1:] },
		"no c":  func(g *blas.Args[float32]) { g.C = nil },
	}
	for _, l := range layouts {
		whole := square(l.ta, l.tb)
		require.Nil(t, panicOf(func() { blas.Multiply(&whole) }))
		for name, f := range spoil {
			g := square(l.ta, l.tb)
			f(&g)
			want := panicOf(func() { byGonum(g) })
			require.NotNil(t, want, name)
			require.Equal(t, want, panicOf(func() { blas.Multiply(&g) }), "%s of %s", name, l.name)
		}
	}
}

func TestBadBatchesPanic(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(g *blas.Args[float32]){
		"blas: count < 0":                   func(g *blas.Args[float32]) { g.Count = -1 },
		"blas: bad stride of a batch":       func(g *blas.Args[float32]) { g.StrideC = 0 },
		"blas: insufficient length of a":    func(g *blas.Args[float32]) { g.StrideA = 1 },
		"blas: insufficient length of b":    func(g *blas.Args[float32]) { g.StrideB = 1 },
		"blas: insufficient length of c":    func(g *blas.Args[float32]) { g.StrideC++ },
		"blas: insufficient length of bias": func(g *blas.Args[float32]) { g.Bias = make([]float32, 4) },
		"blas: bad leading dimension of C":  func(g *blas.Args[float32]) { g.LDC = 1 },
		"blas: bad leading dimension of A":  func(g *blas.Args[float32]) { g.LDA = 0 },
		"blas: k < 0":                       func(g *blas.Args[float32]) { g.K = -5 },
	} {
		g := square(blas.NoTrans, blas.NoTrans)
		g.Count, g.StrideC = 3, 23
		g.C = make([]float32, 3*23)
		require.Nil(t, panicOf(func() { blas.Multiply(&g) }))
		f(&g)
		require.Equal(t, any(want), panicOf(func() { blas.Multiply(&g) }))
	}
}
