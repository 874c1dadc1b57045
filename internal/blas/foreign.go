package blas

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// foreign computes g with the implementations that gonum's blas32 and blas64 hold, and does apart what they cannot.
func foreign[T Float](g *Args[T]) {
	one := *g
	one.Count = 1
	for i := range g.count() {
		one.A, one.B = from(g.A, i*g.StrideA), from(g.B, i*g.StrideB)
		one.C = g.C[i*g.StrideC:][:(g.M-1)*g.LDC+g.N]
		one.foreign()
	}
}

// from is x[i:], or what there is of it: an operand without elements has no place in memory.
func from[T Float](x []T, i int) []T { return x[min(i, len(x)):] }

// foreign computes one product.
func (g *Args[T]) foreign() {
	beta := g.Beta
	if g.Bias != nil {
		for i := range g.M {
			copy(g.row(i), g.Bias)
		}
		beta = 1
	}
	switch {
	case g.K == 0 || g.Alpha == 0:
		g.scale(beta)
	case g.hasNonFiniteB():
		// gonum skips zeros of A, and a skipped 0 * NaN hides that training has gone wrong.
		g.scale(beta)
		g.addPlainly()
	default:
		if beta == 0 {
			g.scale(0) // an implementation may multiply what it should overwrite
		}
		g.call(beta)
	}
	if g.ReLU {
		g.relu()
	}
}

func (g *Args[T]) call(beta T) {
	ta, tb := gonum(g.TransA), gonum(g.TransB)
	switch g := any(g).(type) {
	case *Args[float32]:
		blas32.Implementation().Sgemm(ta, tb, g.M, g.N, g.K, g.Alpha, g.A, g.LDA, g.B, g.LDB, float32(beta), g.C, g.LDC)
	case *Args[float64]:
		blas64.Implementation().Dgemm(ta, tb, g.M, g.N, g.K, g.Alpha, g.A, g.LDA, g.B, g.LDB, float64(beta), g.C, g.LDC)
	}
}

// row is row i of C.
func (g *Args[T]) row(i int) []T { return g.C[i*g.LDC:][:g.N] }

// addPlainly adds the product to C from its definition: each element is one sum over k, in order.
func (g *Args[T]) addPlainly() {
	ai, ak := g.LDA, 1
	if g.TransA {
		ai, ak = 1, g.LDA
	}
	bk, bj := g.LDB, 1
	if g.TransB {
		bk, bj = 1, g.LDB
	}
	for i := range g.M {
		row := g.row(i)
		for q := range g.K {
			v := g.Alpha * g.A[i*ai+q*ak]
			for j := range row {
				row[j] += v * g.B[q*bk+j*bj]
			}
		}
	}
}

func (g *Args[T]) scale(beta T) {
	for i := range g.M {
		row := g.row(i)
		switch beta {
		case 0:
			clear(row)
		case 1:
		default:
			for j := range row {
				row[j] *= beta
			}
		}
	}
}

func (g *Args[T]) relu() {
	for i := range g.M {
		row := g.row(i)
		for j, v := range row {
			if v <= 0 {
				row[j] = 0
			}
		}
	}
}

// hasNonFiniteB tells whether B holds NaN or Inf: v - v is 0 for every other value.
func (g *Args[T]) hasNonFiniteB() bool {
	rows, columns := stored(g.TransB, g.K, g.N)
	var s T
	for i := range rows {
		for _, v := range g.B[i*g.LDB:][:columns] {
			s += v - v
		}
	}
	return math.IsNaN(float64(s))
}
