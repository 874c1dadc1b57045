package blas

// How k is cut.
const (
	BlockK = blockK
	UnitK  = unitK
)

// Gemm is [Multiply] of contiguous matrices: C = alpha op(A) op(B) + beta C.
//
//	op(A) [m, k], op(B) [k, n], c [m, n]; a and b have their axes swapped where ta, tb say so
func Gemm[T Float](ta, tb Transpose, m, n, k int, alpha T, a, b []T, beta T, c []T) {
	_, lda := stored(ta, m, k)
	_, ldb := stored(tb, k, n)
	Multiply(&Args[T]{
		TransA: ta, TransB: tb, M: m, N: n, K: k,
		Alpha: alpha, A: a, LDA: max(1, lda), B: b, LDB: max(1, ldb),
		Beta: beta, C: c, LDC: max(1, n),
	})
}
