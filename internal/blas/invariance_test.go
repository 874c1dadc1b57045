package blas_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/testmode"
)

// paths are shapes that take different ways: one and two tiles, one row, one column, packed or not, one piece or many,
// more than one block of k, of columns, and rows a multiple of 4096 bytes apart.
var paths = [][3]int{
	{1, 300, 70}, {2, 129, 40}, {3, 70, 1100}, {5, 33, 9}, {13, 97, 64}, {64, 10, 256}, {100, 40, 530}, {97, 100, 33},
	{31, 800, 50}, {26, 1024, 20}, {70, 70, 1024}, {130, 500, 16}, {300, 1, 40}, {32, 300, 400}, {16, 203, 600},
}

// product computes a new C.
func product(ta, tb blas.Transpose, m, n, k int, a, b []float32) []float32 {
	c := make([]float32, m*n)
	blas.Gemm(ta, tb, m, n, k, 1, a, b, 0, c)
	return c
}

// turned is x [rows, columns] with its axes swapped.
func turned(x []float32, rows, columns int) []float32 {
	y := make([]float32, len(x))
	for i := range rows {
		for j := range columns {
			y[j*rows+i] = x[i*columns+j]
		}
	}
	return y
}

// TestEveryShapeGivesTheSameBits multiplies alone what is part of a larger product.
func TestEveryShapeGivesTheSameBits(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for _, s := range paths {
			m, n, k := s[0], s[1], s[2]
			a, b := normal[float32](1, m*k), normal[float32](2, k*n)
			whole := product(blas.NoTrans, blas.NoTrans, m, n, k, a, b)
			at, bt := turned(a, m, k), turned(b, k, n)
			require.Equal(t, whole, product(blas.NoTrans, blas.Trans, m, n, k, a, bt), "%v: NT", s)
			require.Equal(t, whole, product(blas.Trans, blas.NoTrans, m, n, k, at, b), "%v: TN", s)
			require.Equal(t, whole, product(blas.Trans, blas.Trans, m, n, k, at, bt), "%v: TT", s)
			require.Equal(t, turned(whole, m, n), product(blas.NoTrans, blas.NoTrans, n, m, k, bt, at), "%v: the transposed product", s)
			for _, i := range []int{0, m / 2, m - 1} {
				row := product(blas.NoTrans, blas.NoTrans, 1, n, k, a[i*k:(i+1)*k], b)
				require.Equal(t, whole[i*n:(i+1)*n], row, "%v: row %d alone", s, i)
			}
			for _, rows := range []int{m / 3, m - m/5} {
				part := product(blas.NoTrans, blas.Trans, rows, n, k, a[:rows*k], bt)
				require.Equal(t, whole[:rows*n], part, "%v: %d rows alone", s, rows)
			}
			for _, columns := range []int{1, n / 2} {
				part := product(blas.NoTrans, blas.Trans, m, columns, k, a, bt[:columns*k])
				for i := range m {
					require.Equal(t, whole[i*n:][:columns], part[i*columns:][:columns], "%v: %d columns of row %d alone", s, columns, i)
				}
			}
		}
	})
}

// Level none rounds more often; all others agree.
func TestLevelsGiveTheSameBits(t *testing.T) {
	want := map[string][]float32{}
	atEveryLevel(t, func(t *testing.T, level isa.Level) {
		if level == isa.None {
			t.Skip("has bits of its own")
		}
		shapes := paths
		if testmode.Long() {
			shapes = append(shapes, [3]int{512, 784, 64}, [3]int{257, 1030, 1500}, [3]int{1024, 1024, 64})
		}
		for _, s := range shapes {
			m, n, k := s[0], s[1], s[2]
			for _, l := range layouts {
				got := product(l.ta, l.tb, m, n, k, normal[float32](1, m*k), normal[float32](2, k*n))
				name := fmt.Sprint(s, l.name)
				if want[name] == nil {
					want[name] = got
				}
				require.Equal(t, want[name], got, name)
			}
		}
	})
}

func TestGoroutinesMultiplyAtTheSameTime(t *testing.T) {
	t.Parallel()
	const m, n, k = 70, 130, 90
	a, b := normal[float32](1, m*k), normal[float32](2, k*n)
	want := product(blas.NoTrans, blas.NoTrans, m, n, k, a, b)
	at, bt := turned(a, m, k), turned(b, k, n)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				got := product(blas.Transpose(i%2 == 1), blas.Transpose(i%4 > 1), m, n, k, [][]float32{a, at}[i%2], [][]float32{b, bt}[i%4/2])
				if !equalBits(got, want) {
					t.Error("another result beside other goroutines")
					return
				}
			}
		})
	}
	wg.Wait()
}

func equalBits(x, y []float32) bool {
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return len(x) == len(y)
}
