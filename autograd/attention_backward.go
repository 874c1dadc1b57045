package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// backward goes through the heads of the keys, each with the queries that it serves, in an order that depends on nothing:
// gradients of keys and values are sums over blocks of queries.
//
//	dv = wᵀ dy    dw = dy vᵀ    ds = w (dw - Σ dy y)    dq = scale ds k    dk = scale dsᵀ q
func (a *attention[T]) backward(dy []T) {
	if len(dy) == 0 {
		for _, p := range [...]*packed[T]{&a.q, &a.k, &a.v} {
			p.x.Grad()
		}
		return
	}
	a.dy = dy
	apart := a.takeGradients()
	a.cut(a.n*a.kvHeads, 5)
	a.takeScratch(true)
	parallel.Run(a.pieces, a.backwardPiece)
	for _, p := range [...]*packed[T]{&a.q, &a.k, &a.v} {
		if apart {
			p.x.AddGrad(p.grad)
		}
		p.grad = nil
	}
	a.dy, a.scratch = nil, nil
}

// takeGradients finds memory for the gradients of the operands. Where one tensor is several of them, each has memory apart,
// to be added afterwards.
func (a *attention[T]) takeGradients() (apart bool) {
	if a.op == selfAttention {
		dx, beta := a.q.x.GradTo()
		for _, p := range [...]*packed[T]{&a.q, &a.k, &a.v} {
			p.grad, p.beta = dx, beta
		}
		return false
	}
	q, k, v := a.q.x.slot, a.k.x.slot, a.v.x.slot
	apart = q != nil && (q == k || q == v) || k != nil && k == v
	for _, p := range [...]*packed[T]{&a.q, &a.k, &a.v} {
		if !apart {
			p.grad, p.beta = p.x.GradTo()
		} else if p.x.wants() {
			p.grad, p.beta = a.y.Temp(len(p.x.data)), 0
		}
	}
	return apart
}

func (a *attention[T]) backwardPiece(piece int) {
	s := a.strips(piece, true)
	lo, hi := a.share(a.n*a.kvHeads, piece)
	for i := lo; i < hi; i++ {
		a.backwardHead(&s, i/a.kvHeads, i%a.kvHeads)
	}
}

// backwardHead goes through the queries that a head of the keys serves, the last block first: it sees most keys, so it
// overwrites where others add.
func (a *attention[T]) backwardHead(s *strips[T], sample, head int) {
	seen := a.visible(sample, a.t-1)
	a.k.clear(sample, seen, a.k.positions, head*a.d, a.d)
	a.v.clear(sample, seen, a.v.positions, head*a.d, a.d)
	betaK, betaV := a.k.beta, a.v.beta
	served := a.heads / a.kvHeads
	for h := head * served; h < (head+1)*served; h++ {
		for i := a.blocks() - 1; i >= 0; i-- {
			a.backwardBlock(s, a.block(sample, h, i), betaK, betaV)
			betaK, betaV = 1, 1
		}
	}
}

// clear gives no gradient to the positions [lo, hi) of a head.
func (p *packed[T]) clear(sample, lo, hi, offset, d int) {
	if p.grad == nil || p.beta != 0 {
		return
	}
	for i := lo; i < hi; i++ {
		clear(p.at(p.grad, sample, i, offset)[:d])
	}
}

func (a *attention[T]) backwardBlock(s *strips[T], b block, betaK, betaV T) {
	rows, stride := b.hi-b.lo, a.heads*a.d
	q, kv := a.offsets(b)
	if b.keys == 0 {
		a.q.clear(b.sample, b.lo, b.hi, q, a.d)
		return
	}
	weights, gradients := a.weightsOf(s, b), s.gradients[:rows*b.keys]
	if a.weights == nil {
		a.scores(weights, b)
		simd.ScoreWeights(weights, rows, b.keys, a.ofQueries(a.tops, b), a.ofQueries(a.scales, b))
	}
	used := weights
	if a.dropout > 0 {
		used = s.dropped[:len(weights)]
		a.drop(used, s.kept[:len(weights)], weights, b)
	}
	dy := a.result(a.dy, b)
	if a.v.grad != nil {
		a.y.tape.gemm(&blas.Args[T]{
			TransA: blas.Trans, M: b.keys, N: a.d, K: rows, Alpha: 1, A: used, LDA: b.keys,
			B: dy, LDB: stride, Beta: betaV, C: a.v.at(a.v.grad, b.sample, 0, kv), LDC: a.v.row,
		})
	}
	if a.q.grad == nil && a.k.grad == nil {
		return
	}
	a.scoreGradients(gradients, weights, s.kept, b)
	if a.q.grad != nil {
		a.y.tape.gemm(&blas.Args[T]{
			M: rows, N: a.d, K: b.keys, Alpha: T(a.scale), A: gradients, LDA: b.keys, B: a.k.at(a.k.x.data, b.sample, 0, kv), LDB: a.k.row,
			Beta: a.q.beta, C: a.q.at(a.q.grad, b.sample, b.lo, q), LDC: a.q.row,
		})
	}
	if a.k.grad != nil {
		a.y.tape.gemm(&blas.Args[T]{
			TransA: blas.Trans, M: b.keys, N: a.d, K: rows, Alpha: T(a.scale), A: gradients, LDA: b.keys,
			B: a.q.at(a.q.x.data, b.sample, b.lo, q), LDB: a.q.row, Beta: betaK, C: a.k.at(a.k.grad, b.sample, 0, kv), LDC: a.k.row,
		})
	}
}

// scoreGradients computes the gradients of a block's scores from its weights. Σ dy y is what a query's weights have in
// common, with dropout too.
func (a *attention[T]) scoreGradients(gradients, weights []T, kept []bool, b block) {
	rows, stride := b.hi-b.lo, a.heads*a.d
	_, kv := a.offsets(b)
	dy := a.result(a.dy, b)
	a.y.tape.gemm(&blas.Args[T]{
		TransB: blas.Trans, M: rows, N: b.keys, K: a.d, Alpha: 1, A: dy, LDA: stride,
		B: a.v.at(a.v.x.data, b.sample, 0, kv), LDB: a.v.row, C: gradients, LDC: b.keys,
	})
	if a.dropout > 0 {
		simd.DropoutBackward(gradients, 0, gradients, kept[:len(gradients)], simd.DropoutScale[T](a.dropout))
	}
	var common [mostRows]float64
	simd.DotRows(common[:rows], dy, a.result(a.y.data, b), rows, a.d, stride)
	simd.ScoreGradients(gradients, weights, rows, b.keys, common[:rows])
}
