package blas

//go:generate go run ./gen

import (
	"gonum.org/v1/gonum/blas/blas32"
	gonumblas "gonum.org/v1/gonum/blas/gonum"
)

// Gemm computes C = alpha op(A) op(B) + beta C on contiguous row-major matrices.
//
//	op(A) [m, k], op(B) [k, n], c [m, n]; a and b have their axes swapped where ta, tb say so
//
// With beta 0 the old content of c is never read. NaN and Inf in A and B reach C.
func Gemm[T Float](ta, tb Transpose, m, n, k int, alpha T, a, b []T, beta T, c []T) {
	_, lda := stored(ta, m, k)
	_, ldb := stored(tb, k, n)
	Multiply(&Args[T]{
		TransA: ta, TransB: tb, M: m, N: n, K: k,
		Alpha: alpha, A: a, LDA: max(1, lda), B: b, LDB: max(1, ldb),
		Beta: beta, C: c, LDC: max(1, n),
	})
}

// Multiply computes what g describes. Like gonum it panics when the arguments describe no product; a batch of Count
// products must fit in its slices as a single product must. It allocates nothing in steady state and may be called from
// many goroutines at once.
func Multiply[T Float](g *Args[T]) {
	if !g.check() {
		return
	}
	if g, ok := any(g).(*Args[float32]); ok && g.K > 0 && g.Alpha != 0 && (g.BF16 || ownKernels()) {
		multiply32(g)
		return
	}
	foreign(g)
}

// ownKernels tells whether the program has left gonum's blas32 as it was.
func ownKernels() bool {
	_, ours := blas32.Implementation().(gonumblas.Implementation)
	return ours
}
