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
	var axes [usualAxes]int
	y := New(append(append(axes[:0], x.shape[:len(x.shape)-1]...), out), x, w, b)
	g := blas.Args[T]{TransB: blas.Trans, M: n, N: out, K: in, A: x.data, B: w.data, C: y.data}
	if b != nil {
		g.Bias = b.data
	}
	y.tape.multiply(g)
	return y.Record("linear", func(dy []T) {
		if dw, beta := w.GradTo(); dw != nil {
			y.tape.multiply(blas.Args[T]{TransA: blas.Trans, M: out, N: in, K: n, A: dy, B: x.data, Beta: beta, C: dw})
		}
		if b != nil {
			if db, beta := b.GradTo(); db != nil {
				simd.ColumnSums(db, beta, dy)
			}
		}
		if dx, beta := x.GradTo(); dx != nil {
			y.tape.multiply(blas.Args[T]{M: n, N: in, K: out, A: dy, B: w.data, Beta: beta, C: dx})
		}
	})
}
