package blas

import "unsafe"

// PreparedLen is how many elements [Prepare] writes to for w [n, k], and LDB what its result has from a row to the next.
func PreparedLen(n, k int) (length, ldb int) {
	const vector, step = 16, 64
	for ldb = (max(1, n) + vector - 1) / vector * vector; aliases(uintptr(4 * ldb)); {
		ldb += step
	}
	return k*ldb + vector, ldb // packing writes whole vectors
}

// Prepare writes the transpose of w [n, k], such as a layer's weight, to b, as B of many products of few rows: none of
// them has to pack it or to turn its result, and its rows do not push each other out of the cache. Products of
// float32 have the bits of those with w.
func Prepare[T Float](b, w []T, n, k int) {
	length, ldb := PreparedLen(n, k)
	if len(b) < length {
		panic(shortB)
	}
	if n == 0 || k == 0 {
		return
	}
	if b, ok := any(b).([]float32); ok {
		w := any(w).([]float32)
		active().transposePanel(unsafe.Pointer(&b[0]), unsafe.Pointer(&w[0]), 4*uintptr(ldb), 4*uintptr(k), n, k)
		return
	}
	for j := range n {
		for q, v := range w[j*k : (j+1)*k] {
			b[q*ldb+j] = v
		}
	}
}
