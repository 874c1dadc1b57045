package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// keysAtOnce is how many values are added up in one product: what a product's chains of additions are cut at. So a query
// has the same bits whatever keys stand after those that it sees, as when keys come one by one from a cache.
const keysAtOnce = 512

// keptKeys times d is up to how many keys the weights are kept for the way back: they take no more memory than so many
// results. With more keys they are computed again.
const keptKeys = 2

// forward goes through all blocks, which do not depend on each other.
func (a *attention[T]) forward() {
	queries := a.n * a.heads * a.t
	memory := a.y.Temp
	switch {
	case a.y.pending && a.s <= keptKeys*a.d:
		a.weights = a.y.Save(queries * a.s)
	case a.y.pending:
		memory = a.y.Save // for the way back
	}
	a.tops, a.scales = memory(queries), memory(queries)
	a.cut(a.n*a.heads*a.blocks(), 2)
	a.takeScratch(false)
	parallel.Run(a.pieces, a.forwardPiece)
	a.scratch = nil
}

func (a *attention[T]) forwardPiece(piece int) {
	s := a.strips(piece, false)
	blocks := a.blocks()
	lo, hi := a.share(a.n*a.heads*blocks, piece)
	for i := lo; i < hi; i++ {
		head := i / blocks
		a.forwardBlock(&s, a.block(head/a.heads, head%a.heads, i%blocks))
	}
}

// forwardBlock computes y = Σ weights v, and keeps the weights or what they are computed from again.
func (a *attention[T]) forwardBlock(s *strips[T], b block) {
	rows, stride := b.hi-b.lo, a.heads*a.d
	y, tops, scales := a.result(a.y.data, b), a.ofQueries(a.tops, b), a.ofQueries(a.scales, b)
	if b.keys == 0 {
		for i := range rows {
			clear(y[i*stride:][:a.d])
		}
		return
	}
	weights := a.weightsOf(s, b)
	a.scores(weights, b)
	simd.ScorePowers(weights, rows, b.keys, tops, scales)
	used := weights
	if a.dropout > 0 {
		used = s.scores[:len(weights)]
		a.drop(used, s.kept[:len(weights)], weights, b)
	}
	_, kv := a.offsets(b)
	g := blas.Args[T]{M: rows, N: a.d, Alpha: 1, LDA: b.keys, LDB: a.v.row, C: y, LDC: stride}
	for from := 0; from < b.keys; from += keysAtOnce {
		g.K, g.A, g.B = min(keysAtOnce, b.keys-from), used[from:], a.v.at(a.v.x.data, b.sample, from, kv)
		a.y.tape.gemm(&g)
		g.Beta = 1
	}
	simd.ScaleRows(y, rows, a.d, stride, scales)
	if a.weights != nil {
		simd.ScaleRows(weights, rows, b.keys, b.keys, scales)
	}
}
