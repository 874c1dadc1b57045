package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

// Linear returns x Wᵀ + b.
//
//	x [..., in], w [out, in], b [out] or nil, y [..., out]
func (x *Tensor[T]) Linear(w, b *Tensor[T]) *Tensor[T] {
	n, in := x.rows()
	if len(x.shape) == 0 || len(w.shape) != 2 || w.shape[1] != in {
		x.mismatch("linear", "the weight must be [out, in] with in the last axis of x", w)
	}
	out := w.shape[0]
	if b != nil && (len(b.shape) != 1 || b.shape[0] != out) {
		x.mismatch("linear", "the bias must be [out]", w, b)
	}
	last := len(x.shape) - 1
	y := New(append(x.shape[:last:last], out), x, w, b)
	var keep T
	if b != nil {
		for r := range n {
			copy(y.data[r*out:], b.data)
		}
		keep = 1
	}
	blas.Gemm(blas.NoTrans, blas.Trans, n, out, in, 1, x.data, w.data, keep, y.data)
	return y.Record("linear", func(dy []T) {
		if dw, beta := w.GradTo(); dw != nil {
			blas.Gemm(blas.Trans, blas.NoTrans, out, in, n, 1, dy, x.data, beta, dw)
		}
		if b != nil {
			if db, beta := b.GradTo(); db != nil {
				simd.ColumnSums(db, beta, dy)
			}
		}
		if dx, beta := x.GradTo(); dx != nil {
			blas.Gemm(blas.NoTrans, blas.NoTrans, n, in, out, 1, dy, w.data, beta, dx)
		}
	})
}
