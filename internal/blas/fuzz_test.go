package blas_test

import (
	"math"
	"testing"

	"github.com/heft-ml/heft/internal/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// FuzzMultiplyAgainstGonum compares with gonum's product in float64.
func FuzzMultiplyAgainstGonum(f *testing.F) {
	f.Add(uint8(5), uint8(6), uint8(7), uint8(0), uint8(1), 1.0, 0.0)
	f.Add(uint8(1), uint8(200), uint8(33), uint8(3), uint8(0), -1.0, 1.0)
	f.Add(uint8(100), uint8(1), uint8(250), uint8(2), uint8(7), 0.5, 2.0)
	f.Add(uint8(130), uint8(97), uint8(16), uint8(1), uint8(3), 0.0, -0.25)
	f.Fuzz(func(t *testing.T, m8, n8, k8, layout, gap uint8, alpha, beta float64) {
		if !(math.Abs(alpha) < 1e3 && math.Abs(beta) < 1e3) {
			return
		}
		alpha, beta = float64(float32(alpha)), float64(float32(beta))
		m, n, k, l := int(m8), int(n8), int(k8), layouts[layout%4]
		g := blas.Args[float32]{TransA: l.ta, TransB: l.tb, M: m, N: n, K: k, Alpha: float32(alpha), Beta: float32(beta)}
		rowsA, columnsA, rowsB, columnsB := m, k, k, n
		if l.ta {
			rowsA, columnsA = columnsA, rowsA
		}
		if l.tb {
			rowsB, columnsB = columnsB, rowsB
		}
		g.LDA, g.LDB, g.LDC = max(1, columnsA+int(gap%3)), max(1, columnsB+int(gap%5)), max(1, n+int(gap%7))
		g.A, g.B, g.C = normal[float32](1, rowsA*g.LDA), normal[float32](2, rowsB*g.LDB), normal[float32](3, m*g.LDC)
		want := wide(g.C)
		gonum.Implementation{}.Dgemm(gonumTrans(l.ta), gonumTrans(l.tb), m, n, k, alpha, wide(g.A), g.LDA, wide(g.B), g.LDB, beta, want, g.LDC)
		blas.Multiply(&g)
		slack := 2e-6 * (math.Abs(alpha)*float64(k+1) + math.Abs(beta)) * 16
		for i := range want {
			if !(math.Abs(want[i]-float64(g.C[i])) <= slack) {
				t.Fatalf("%dx%dx%d %s, alpha %v, beta %v: place %d is %v, want %v", m, n, k, l.name, alpha, beta, i, g.C[i], want[i])
			}
		}
	})
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
