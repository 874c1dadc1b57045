package autograd

import (
	"math"
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

const (
	mostRows        = 32      // queries of a block at most
	fewestRows      = 16      // and at least, where there are as many
	stripSize       = 1 << 16 // elements of a strip, unless that makes too few rows
	attentionFlops  = 1 << 20 // what is worth a piece
	attentionPieces = 16      // at most
)

// cutRows says how many queries a block has, which depends on shapes only. Large blocks make good products; small ones
// waste less on keys that causal queries do not see.
func (a *attention[T]) cutRows() {
	a.rows = max(fewestRows, min(mostRows, stripSize/max(1, a.s)/fewestRows*fewestRows))
}

// blocks is how many blocks the queries of a head have.
func (a *attention[T]) blocks() int { return (a.t + a.rows - 1) / a.rows }

// cut cuts so many units of work, with so many products of each score, into pieces.
func (a *attention[T]) cut(units, products int) {
	flops := 2 * products * len(a.y.data) * a.s
	if a.causal {
		flops /= 2
	}
	a.pieces = max(1, min(units, attentionPieces, flops/attentionFlops))
}

// share returns the units of a piece.
func (a *attention[T]) share(units, piece int) (lo, hi int) {
	return units * piece / a.pieces, units * (piece + 1) / a.pieces
}

// strips is where a piece works: memory of its own, for one block at a time. All strips are [queries, keys].
type strips[T Float] struct {
	scores    []T // and what becomes of them: weights
	gradients []T // of weights, then of scores; on the way back only
	dropped   []T // weights after dropout; on the way back only
	kept      []bool
}

// stripsSize returns how many elements strips have, and how many a single one has.
func (a *attention[T]) stripsSize(back bool) (all, strip int) {
	strip = a.rows * a.s
	switch {
	case back && a.dropout > 0:
		return 4 * strip, strip
	case back || a.dropout > 0:
		return 2 * strip, strip
	}
	return strip, strip
}

// takeScratch makes strips for every piece.
func (a *attention[T]) takeScratch(back bool) {
	size, _ := a.stripsSize(back)
	a.scratch = a.y.Temp(a.pieces * size)
}

// strips returns those of a piece.
func (a *attention[T]) strips(piece int, back bool) strips[T] {
	size, strip := a.stripsSize(back)
	mine := a.scratch[piece*size : (piece+1)*size]
	s := strips[T]{scores: mine[:strip]}
	if back {
		s.gradients = mine[strip : 2*strip]
	}
	if a.dropout > 0 {
		s.kept = truths(mine[size-strip:], strip)
		if back {
			s.dropped = mine[2*strip : 3*strip]
		}
	}
	return s
}

// block is queries [lo, hi) of a head of a sample, and the keys that the last of them sees.
type block struct {
	sample, head, lo, hi, keys int
	index                      int // among all blocks
}

func (a *attention[T]) block(sample, head, i int) block {
	lo := i * a.rows
	hi := min(lo+a.rows, a.t)
	return block{sample, head, lo, hi, a.visible(sample, hi-1), (sample*a.heads+head)*a.blocks() + i}
}

// result returns y or its gradient from a block on, whose queries are heads d apart.
func (a *attention[T]) result(y []T, b block) []T {
	return y[((b.sample*a.t+b.lo)*a.heads+b.head)*a.d:]
}

// ofQueries returns a block's part of what every query has one of.
func (a *attention[T]) ofQueries(x []T, b block) []T {
	return x[(b.sample*a.heads+b.head)*a.t:][b.lo:b.hi]
}

// weightsOf returns where a block's scores and weights are: where all stand for the way back, or in a strip.
func (a *attention[T]) weightsOf(s *strips[T], b block) []T {
	n := (b.hi - b.lo) * b.keys
	if a.weights == nil {
		return s.scores[:n]
	}
	return a.weights[((b.sample*a.heads+b.head)*a.t+b.lo)*a.s:][:n]
}

// offsets returns where a block's head starts among the queries, and the one of its keys among those.
func (a *attention[T]) offsets(b block) (q, kv int) {
	return b.head * a.d, b.head * a.kvHeads / a.heads * a.d
}

// scores computes scale q kᵀ of a block, -Inf where a query does not see a key.
func (a *attention[T]) scores(x []T, b block) {
	q, kv := a.offsets(b)
	a.y.tape.gemm(&blas.Args[T]{
		TransB: blas.Trans, M: b.hi - b.lo, N: b.keys, K: a.d, Alpha: T(a.scale),
		A: a.q.at(a.q.x.data, b.sample, b.lo, q), LDA: a.q.row, B: a.k.at(a.k.x.data, b.sample, 0, kv), LDB: a.k.row, C: x, LDC: b.keys,
	})
	hidden := T(math.Inf(-1))
	if a.causal {
		for i := range b.hi - b.lo {
			row := x[i*b.keys : (i+1)*b.keys]
			for j := a.visible(b.sample, b.lo+i); j < b.keys; j++ {
				row[j] = hidden
			}
		}
	}
	if a.mask.Data == nil {
		return
	}
	for j, seen := range a.mask.Data[b.sample*a.s:][:b.keys] {
		if !seen {
			for at := j; at < (b.hi-b.lo)*b.keys; at += b.keys {
				x[at] = hidden
			}
		}
	}
}

// drop zeroes some of a block's weights and scales the others: the same ones on the way back.
func (a *attention[T]) drop(y []T, kept []bool, weights []T, b block) {
	var r rand.PCG
	r.Seed(a.key, uint64(b.index))
	simd.Dropout(y, kept, weights, r.Uint64(), a.dropout)
}
