package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

// Linear returns x Wᵀ + b.
//
//	x [..., in], w [out, in], b [out] or nil, y [..., out]
func (x *Tensor[T]) Linear(w, b *Tensor[T]) *Tensor[T] {
	y := x.linear("linear", w, b)
	y.project(x.data, w, b)
	return y.Record("linear", func(dy []T) {
		y.parameters(dy, x.data, w, b)
		if dx, beta := x.GradTo(); dx != nil {
			y.backProject(dx, beta, dy, w)
		}
	})
}

// linear returns the uninitialised result of a linear op whose factor has x's shape.
func (x *Tensor[T]) linear(op string, w, b *Tensor[T]) *Tensor[T] {
	_, in := x.rows()
	if len(x.shape) == 0 || len(w.shape) != 2 || w.shape[1] != in {
		x.mismatch(op, "the weight must be [out, in] with in the last axis of x", w)
	}
	out := w.shape[0]
	if b != nil && (len(b.shape) != 1 || b.shape[0] != out) {
		x.mismatch(op, "the bias must be [out]", w, b)
	}
	var axes [usualAxes]int
	y := New(append(append(axes[:0], x.shape[:len(x.shape)-1]...), out), x, w, b)
	y.loose = true
	return y
}

// project computes y = h Wᵀ + b.
func (y *Tensor[T]) project(h []T, w, b *Tensor[T]) {
	n, out := y.rows()
	g := blas.Args[T]{TransB: blas.Trans, M: n, N: out, K: w.shape[1], A: h, B: w.data, C: y.data}
	if b != nil {
		g.Bias = b.data
	}
	y.tape.multiply(g)
}

// parameters adds to the gradients of w and b.
func (y *Tensor[T]) parameters(dy, h []T, w, b *Tensor[T]) {
	n, out := y.rows()
	if dw, beta := w.GradTo(); dw != nil {
		y.tape.multiply(blas.Args[T]{TransA: blas.Trans, M: out, N: w.shape[1], K: n, A: dy, B: h, Beta: beta, C: dw})
	}
	if b != nil {
		if db, beta := b.GradTo(); db != nil {
			simd.ColumnSums(db, beta, dy)
		}
	}
}

// backProject computes dh = beta dh + dy W.
func (y *Tensor[T]) backProject(dh []T, beta T, dy []T, w *Tensor[T]) {
	n, out := y.rows()
	y.tape.multiply(blas.Args[T]{M: n, N: w.shape[1], K: out, A: dy, B: w.data, Beta: beta, C: dh})
}
