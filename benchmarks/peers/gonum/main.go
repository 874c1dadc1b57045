// Command gonum is gonum as a contestant. It has no training: of a step it does the matrix products alone, which is what
// a step that runs on gonum cannot be faster than.
package main

import (
	"fmt"
	"math"
	"runtime"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

func main() {
	protocol.Serve(protocol.Hello{
		Name: "gonum", Version: protocol.Version("gonum.org/v1/gonum"),
		Setup: fmt.Sprintf("of a step the matrix products alone, %s, GOMAXPROCS %d", runtime.Version(), runtime.GOMAXPROCS(0)),
	}, prepare)
}

func prepare(w protocol.Work, t protocol.Tensors) (protocol.Runner, error) {
	switch w.Kind {
	case protocol.Sgemm:
		return &products{{
			ta: transpose(w.TransA), tb: transpose(w.TransB), m: w.M, n: w.N, k: w.K,
			a: t["a"], b: t["b"], c: make([]float32, w.M*w.N), whole: true,
		}}, nil
	case protocol.Forward, protocol.Train:
		return newPerceptron(w, t), nil
	}
	return nil, protocol.ErrCannot
}

// product is c [m, n] = op(a) op(b).
type product struct {
	ta, tb  blas.Transpose
	m, n, k int
	a, b, c []float32
	whole   bool // whether it is all of the work
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

func (p *product) multiply() {
	lda, ldb := p.k, p.n
	if p.ta == blas.Trans {
		lda = p.m
	}
	if p.tb == blas.Trans {
		ldb = p.k
	}
	gonum.Implementation{}.Sgemm(p.ta, p.tb, p.m, p.n, p.k, 1, p.a, lda, p.b, ldb, 0, p.c, p.n)
}

// products are the matrix products of a step.
type products []product

// newPerceptron makes the products of all layers: y = x Wᵀ and, in training, dW = dyᵀ x and, but for the first layer,
// dx = dy W. Half of what lies between the layers is 0, as ReLU leaves it: gonum passes over zeros in its left factor.
func newPerceptron(w protocol.Work, t protocol.Tensors) *products {
	var steps products
	x := t["x"]
	for i, in := range w.Widths[:len(w.Widths)-1] {
		out := w.Widths[i+1]
		weight := t[fmt.Sprintf("%d.weight", 2*i)]
		y := make([]float32, w.Batch*out)
		steps = append(steps, product{ta: blas.NoTrans, tb: blas.Trans, m: w.Batch, n: out, k: in, a: x, b: weight, c: y})
		dy := halfZeros(w.Batch * out)
		if w.Kind == protocol.Train {
			steps = append(steps, product{ta: blas.Trans, tb: blas.NoTrans, m: out, n: in, k: w.Batch, a: dy, b: x, c: make([]float32, out*in)})
			if i > 0 {
				steps = append(steps, product{ta: blas.NoTrans, tb: blas.NoTrans, m: w.Batch, n: in, k: out, a: dy, b: weight, c: make([]float32, w.Batch*in)})
			}
		}
		x = halfZeros(w.Batch * out)
	}
	return &steps
}

// halfZeros returns numbers of which every other one is 0.
func halfZeros(n int) []float32 {
	x := make([]float32, n)
	for i := 0; i < n; i += 2 {
		x[i] = 1 / float32(i+1)
	}
	return x
}

func (p products) Reset() {}

func (p products) Step() {
	for i := range p {
		p[i].multiply()
	}
}

func (p products) Value() float64 {
	if !p[0].whole {
		return math.NaN()
	}
	return protocol.LastRow(p[0].c, p[0].n)
}
