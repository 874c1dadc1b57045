// Package blas multiplies matrices. It is the only importer of gonum's BLAS, and the seam for faster kernels.
package blas

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// Float is what matrices hold.
type Float interface{ float32 | float64 }

// Transpose says how an operand is stored.
type Transpose bool

// An operand is stored as it is used, or with its axes swapped.
const (
	NoTrans Transpose = false
	Trans   Transpose = true
)

// Gemm computes C = alpha op(A) op(B) + beta C on contiguous row-major matrices.
//
//	op(A) [m, k], op(B) [k, n], c [m, n]; a and b have their axes swapped where ta, tb say so
//
// With beta 0 the old content of c is never read. NaN and Inf in A and B reach C. The work goes to whatever
// implementation gonum's blas32 and blas64 hold, so a program may bring its own with blas32.Use.
func Gemm[T Float](ta, tb Transpose, m, n, k int, alpha T, a, b []T, beta T, c []T) {
	a, b, c = a[:m*k], b[:k*n], c[:m*n]
	switch {
	case len(c) == 0:
		return
	case k == 0:
		scale(c, beta)
		return
	case hasNonFinite(b):
		// gonum skips zeros of A, and a skipped 0 * NaN hides that training has gone wrong.
		plain(ta, tb, m, n, k, alpha, a, b, beta, c)
		return
	}
	if beta == 0 {
		clear(c) // an implementation may multiply what it should overwrite
	}
	lda, ldb := k, n
	if ta {
		lda = m
	}
	if tb {
		ldb = k
	}
	switch c := any(c).(type) {
	case []float32:
		blas32.Implementation().Sgemm(trans(ta), trans(tb), m, n, k, float32(alpha),
			any(a).([]float32), lda, any(b).([]float32), ldb, float32(beta), c, n)
	case []float64:
		blas64.Implementation().Dgemm(trans(ta), trans(tb), m, n, k, float64(alpha),
			any(a).([]float64), lda, any(b).([]float64), ldb, float64(beta), c, n)
	}
}

// plain is Gemm from its definition: each element of C is one sum over k, in order.
func plain[T Float](ta, tb Transpose, m, n, k int, alpha T, a, b []T, beta T, c []T) {
	ai, ak := k, 1
	if ta {
		ai, ak = 1, m
	}
	bk, bj := n, 1
	if tb {
		bk, bj = 1, k
	}
	scale(c, beta)
	for i := range m {
		row := c[i*n : (i+1)*n]
		for q := range k {
			v := alpha * a[i*ai+q*ak]
			for j := range row {
				row[j] += v * b[q*bk+j*bj]
			}
		}
	}
}

func scale[T Float](c []T, beta T) {
	if beta == 0 {
		clear(c)
		return
	}
	if beta != 1 {
		for i := range c {
			c[i] *= beta
		}
	}
}

// hasNonFinite tells whether x holds NaN or Inf: v - v is 0 for every other value.
func hasNonFinite[T Float](x []T) bool {
	var s T
	for _, v := range x {
		s += v - v
	}
	return math.IsNaN(float64(s))
}

func trans(t Transpose) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
