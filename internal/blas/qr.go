package blas

import (
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Orthonormalize replaces a [rows, cols], rows >= cols, by Q of its QR decomposition with a positive diagonal of R:
// cols orthonormal columns that span the same space. A Gaussian a gives a uniformly distributed Q.
func Orthonormalize(a []float64, rows, cols int) {
	q := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: a}
	tau := make([]float64, cols)
	size := make([]float64, 1)
	lapack64.Geqrf(q, tau, size, -1)
	work := make([]float64, max(int(size[0]), cols))
	lapack64.Geqrf(q, tau, work, len(work))
	flip := make([]bool, cols)
	for j := range flip {
		flip[j] = a[j*cols+j] < 0
	}
	lapack64.Orgqr(q, tau, work, len(work))
	for i := range rows {
		for j, negative := range flip {
			if negative {
				a[i*cols+j] = -a[i*cols+j]
			}
		}
	}
}
