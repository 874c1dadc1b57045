package blas_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/blas"
)

func TestProductsWithAPreparedWeightHaveTheBitsOfThoseWithTheWeight(t *testing.T) {
	t.Parallel()
	for _, shape := range [][3]int{{1, 1, 1}, {3, 20, 5}, {5, 33, 17}, {32, 1024, 48}, {7, 960, 33}, {2, 1087, 16}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			t.Parallel()
			comparePrepared[float32](t, shape[0], shape[1], shape[2])
			comparePrepared[float64](t, shape[0], shape[1], shape[2])
		})
	}
}

func comparePrepared[T blas.Float](t *testing.T, m, n, k int) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		return x
	}
	x, w, want, got := random(m*k), random(n*k), make([]T, m*n), make([]T, m*n)
	blas.Gemm(blas.NoTrans, blas.Trans, m, n, k, 1, x, w, 0, want)
	length, ldb := blas.PreparedLen(n, k)
	b := make([]T, length)
	blas.Prepare(b, w, n, k)
	for j := range n {
		for q := range k {
			require.Equal(t, w[j*k+q], b[q*ldb+j])
		}
	}
	blas.Multiply(&blas.Args[T]{M: m, N: n, K: k, Alpha: 1, A: x, LDA: k, B: b, LDB: ldb, C: got, LDC: n})
	if want, ok := any(want).([]float32); ok {
		require.Equal(t, want, any(got))
		return
	}
	require.InDeltaSlice(t, want, got, 1e-12)
}

func TestPrepareRefusesMemoryThatIsTooShort(t *testing.T) {
	t.Parallel()
	length, _ := blas.PreparedLen(20, 3)
	require.PanicsWithValue(t, "blas: insufficient length of b", func() {
		blas.Prepare(make([]float32, length-1), make([]float32, 60), 20, 3)
	})
}
