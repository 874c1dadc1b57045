package autograd

import (
	"fmt"
	"math"
)

const (
	selfAttention  = "self_attention"
	crossAttention = "attention"
)

// SelfAttention is [Tensor.Attention] of queries, keys and values that come packed, as one linear layer makes them: a row
// of x has the queries of all heads, then the keys, then the values. None is copied. Options are all but [KeyRows].
//
//	x [n, t, (heads + 2 kvheads) d], y [n, t, heads d]
func (x *Tensor[T]) SelfAttention(heads int, opts ...AttentionOption) *Tensor[T] {
	a := &attention[T]{op: selfAttention, attentionSettings: attentionSettingsOf(selfAttention, opts)}
	if heads < 1 {
		misuse(a.op, "heads must be 1 or more, not %d", heads)
	}
	if a.kvHeads == 0 {
		a.kvHeads = heads
	}
	if heads%a.kvHeads != 0 {
		misuse(a.op, "kv heads must divide the heads, %d, but are %d", heads, a.kvHeads)
	}
	parts := heads + 2*a.kvHeads
	if len(x.shape) != 3 || x.shape[2]%parts != 0 {
		x.mismatch(a.op, fmt.Sprintf("the input must be [n, t, (heads + 2 kvheads) d], for %d heads and %d of the keys", heads, a.kvHeads))
	}
	a.n, a.t, a.heads, a.d = x.shape[0], x.shape[1], heads, x.shape[2]/parts
	a.s = a.t
	a.q = packed[T]{x: x, row: x.shape[2], positions: a.t}
	a.k, a.v = a.q, a.q
	a.k.first = heads * a.d
	a.v.first = (heads + a.kvHeads) * a.d
	shape := [3]int{a.n, a.t, heads * a.d}
	return a.run(New(shape[:], x))
}

// Attention returns, for every query and head, the sum of the values weighted by softmax(scale q·k) over the keys that the
// query sees, with a scale of 1/√d (arXiv:1706.03762, torch.nn.functional.scaled_dot_product_attention). Head h takes the
// keys and values of head h kvheads/heads, rounded down. A query that sees no key gets zeros.
//
// Scores stand for some queries at a time, and are computed again on the way back unless there are at most 2d keys. So
// memory is linear in t and in s. Options are all but [KVHeads].
//
//	q [n, t, heads, d], k and v [n, s, kvheads, d], y [n, t, heads d]
func (q *Tensor[T]) Attention(k, v *Tensor[T], opts ...AttentionOption) *Tensor[T] {
	a := &attention[T]{op: crossAttention, attentionSettings: attentionSettingsOf(crossAttention, opts)}
	if len(q.shape) != 4 || len(k.shape) != 4 || !sameShape(k.shape, v.shape) || q.shape[0] != k.shape[0] || q.shape[3] != k.shape[3] {
		q.mismatch(a.op, "queries must be [n, t, heads, d], and keys and values [n, s, kvheads, d]", k, v)
	}
	a.n, a.t, a.heads, a.d = q.shape[0], q.shape[1], q.shape[2], q.shape[3]
	a.s, a.kvHeads = k.shape[1], k.shape[2]
	if a.kvHeads == 0 || a.heads%a.kvHeads != 0 {
		q.mismatch(a.op, "the heads of the keys must divide those of the queries", k, v)
	}
	a.q = packed[T]{x: q, row: a.heads * a.d, positions: a.t}
	a.k = packed[T]{x: k, row: a.kvHeads * a.d, positions: a.s}
	a.v = a.k
	a.v.x = v
	if a.keyRows > a.s {
		k.mismatch(a.op, fmt.Sprintf("there are fewer keys than the %d that KeyRows says", a.keyRows), v)
	}
	if a.keyRows >= 0 {
		a.s = a.keyRows
	}
	shape := [3]int{a.n, a.t, a.heads * a.d}
	return a.run(New(shape[:], q, k, v))
}

// attention is one op. Its work is done for a block of queries of one head at a time, whose scores with all keys that
// they see are a strip: it stands only while the block is worked on.
type attention[T Float] struct {
	attentionSettings
	op       string
	y        *Tensor[T]
	q, k, v  packed[T]
	n, t, s  int
	heads, d int
	rows     int // queries of a block
	tops     []T // of all queries [n, heads, t]: see simd.ScorePowers
	scales   []T
	weights  []T // of all blocks, one after another, kept for the way back; nil: they are computed again
	pieces   int // of the work under way
	scratch  []T // of all pieces
	dy       []T
}

// packed is an operand, whose heads may lie among those of others.
type packed[T Float] struct {
	x         *Tensor[T]
	first     int // where the first head starts in a row
	row       int // from one position to the next
	positions int // of a sample
	grad      []T // where the gradient goes, with x's layout; nil: it is not wanted
	beta      T   // of grad
}

// at returns what starts at a head's position of a sample, in x or in its gradient.
func (p *packed[T]) at(x []T, sample, position, offset int) []T {
	return x[(sample*p.positions+position)*p.row+p.first+offset:]
}

func (a *attention[T]) run(y *Tensor[T]) *Tensor[T] {
	a.checkKeys(a.op, a.n, a.s)
	a.y = y
	if !a.scaled {
		a.scale = 1 / math.Sqrt(float64(a.d))
	}
	if len(y.data) > 0 {
		a.cutRows()
		a.forward()
	}
	return y.Record(a.op, a.backward)
}

// visible returns how many keys a query of a sample sees, but for a mask: it sees the first of them.
func (a *attention[T]) visible(sample, query int) int {
	n := a.s
	if a.lengths != nil {
		n = min(n, a.lengths[sample])
	}
	if a.causal {
		n = min(n, max(0, a.s-a.t+query+1))
	}
	return n
}
