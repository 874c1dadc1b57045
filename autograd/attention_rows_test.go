package autograd_test

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
)

// sameWord is a source of randomness that says the same again and again: every call drops the same weights.
type sameWord uint64

func (w sameWord) Uint64() uint64 { return uint64(w) }

var sameRand = rand.New(sameWord(0x9e3779b97f4a7c15))

func attentionRows[T autograd.Float]() []row[T] {
	packed := func(heads int, opts ...autograd.AttentionOption) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].SelfAttention(heads, opts...) }
	}
	apart := func(opts ...autograd.AttentionOption) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].Attention(x[1], x[2], opts...) }
	}
	rotary := func(offset int) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].Rotary(offset, 100) }
	}
	dropped := func(x ...*tensor[T]) *tensor[T] {
		return x[0].SelfAttention(2, autograd.Causal(), autograd.AttentionDropout(0.4, sameRand))
	}
	causal := autograd.Causal()
	mask := autograd.KeyMask(autograd.MaskOf([]bool{true, false, true, true, false, true, false, false, true, true}, 2, 5))
	one := autograd.AttentionScale(0.7)
	return []row[T]{
		{op: "SelfAttention", shapes: shapes([]int{2, 5, 12}), f: packed(2)},
		{op: "SelfAttention", shapes: shapes([]int{2, 5, 18}), f: packed(2, causal)},
		{op: "SelfAttention", shapes: shapes([]int{1, 5, 24}), f: packed(4, causal, autograd.KVHeads(2), one)},
		{op: "SelfAttention", shapes: shapes([]int{1, 37, 3}), f: packed(1, causal)},
		{op: "SelfAttention", shapes: shapes([]int{2, 5, 6}), f: packed(1, causal, mask)},
		{op: "SelfAttention", shapes: shapes([]int{2, 5, 6}), f: packed(1, autograd.KeyLengths([]int{3, 0}))},
		{op: "SelfAttention", shapes: shapes([]int{2, 5, 12}), f: dropped},
		{op: "Attention", shapes: shapes([]int{2, 3, 2, 3}, []int{2, 5, 2, 3}, []int{2, 5, 2, 3}), f: apart()},
		{op: "Attention", shapes: shapes([]int{2, 3, 4, 2}, []int{2, 5, 2, 2}, []int{2, 5, 2, 2}), f: apart(causal, mask)},
		{op: "Attention", shapes: shapes([]int{1, 5, 1, 3}, []int{1, 3, 1, 3}, []int{1, 3, 1, 3}), f: apart(causal)},
		{op: "Attention", shapes: shapes([]int{1, 2, 1, 3}, []int{1, 6, 1, 3}, []int{1, 6, 1, 3}), f: apart(causal, autograd.KeyRows(4))},
		{op: "Attention", shapes: shapes([]int{1, 4, 2, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Attention(x[0], x[0], causal) }},
		{op: "Attention", shapes: shapes([]int{1, 4, 2, 3}, []int{1, 3, 1, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Attention(x[1], x[1]) }},
		{op: "Rotary", shapes: shapes([]int{2, 3, 2, 4}), f: rotary(0)},
		{op: "Rotary", shapes: shapes([]int{1, 5, 1, 34}), f: rotary(7)},
	}
}
