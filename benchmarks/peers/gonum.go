package main

import (
	"math"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/heft-ml/heft/benchmarks"
)

// gonumPeer multiplies the matrices of a training step with gonum and does nothing else: what a step that runs on gonum
// cannot be faster than.
type gonumPeer struct{}

func (gonumPeer) name() string { return "gonum, matrix products alone" }

func (gonumPeer) turn(t task, _ string) (seconds, loss float64, err error) {
	var layers []*layer
	for i, in := range t.widths[:len(t.widths)-1] {
		layers = append(layers, newLayer(t.batch, in, t.widths[i+1], i == 0, i == len(t.widths)-2))
	}
	step := func() {
		for _, l := range layers {
			l.multiply()
		}
	}
	for range t.warmup {
		step()
	}
	begun := time.Now()
	for range t.steps {
		step()
	}
	return time.Since(begun).Seconds(), math.NaN(), nil
}

// layer holds the matrices of one linear layer.
type layer struct {
	batch, in, out int
	first          bool      // whose input needs no gradient
	x, dx          []float32 // [batch, in]
	w, dw          []float32 // [out, in]
	y, dy          []float32 // [batch, out]
}

// newLayer fills in numbers with the zeros that ReLU leaves, half of the inputs and gradients between layers: gonum
// passes over zeros in its left factor.
func newLayer(batch, in, out int, first, last bool) *layer {
	l := &layer{
		batch: batch, in: in, out: out, first: first,
		x: benchmarks.Normal(batch * in), dx: make([]float32, batch*in),
		w: benchmarks.Normal(out * in), dw: make([]float32, out*in),
		y: make([]float32, batch*out), dy: benchmarks.Normal(batch * out),
	}
	if !first {
		rectify(l.x)
	}
	if !last {
		rectify(l.dy)
	}
	return l
}

func rectify(x []float32) {
	for i, v := range x {
		x[i] = max(v, 0)
	}
}

// multiply computes y = x Wᵀ, dW = dyᵀ x and, but for the first layer, dx = dy W.
func (l *layer) multiply() {
	var g gonum.Implementation
	g.Sgemm(blas.NoTrans, blas.Trans, l.batch, l.out, l.in, 1, l.x, l.in, l.w, l.in, 0, l.y, l.out)
	g.Sgemm(blas.Trans, blas.NoTrans, l.out, l.in, l.batch, 1, l.dy, l.out, l.x, l.in, 0, l.dw, l.in)
	if !l.first {
		g.Sgemm(blas.NoTrans, blas.NoTrans, l.batch, l.in, l.out, 1, l.dy, l.out, l.w, l.in, 0, l.dx, l.in)
	}
}
