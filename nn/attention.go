package nn

import (
	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// SelfAttention lets every position of a sequence look at others, in several heads, as GPT-2 lays it out: one projection
// makes queries, keys and values, another one takes what the heads found (arXiv:1706.03762).
type SelfAttention struct {
	attentionHeads
	QKV *Linear // c_attn: [3c, c]; rows of the queries, then of the keys, then of the values
	Out *Linear // c_proj: [c, c]
}

// NewSelfAttention declares c_attn.weight [3c, c], c_attn.bias [3c], c_proj.weight [c, c] and c_proj.bias [c]. Weights
// are [out, in], unlike those of GPT-2's files. The fan_out of c_attn is c, that of each of its three parts. It takes
// [Causal], [AttentionScale], [AttentionDropout], [ResidualBranches] and [NoBias]. Heads that do not divide c panic with
// an [*autograd.UsageError].
func NewSelfAttention(s *Scope, c, heads int, opts ...AttentionOption) *SelfAttention {
	l := &SelfAttention{attentionHeads: attentionHeadsOf(s, c, heads, heads, opts)}
	l.plain()
	in := l.in(s.At("c_attn"), c)
	l.QKV = &Linear{Named: in.Named(), Weight: in.threefold("weight", c)}
	if !l.noBias {
		l.QKV.Bias = in.Bias("bias", 3*c, c)
	}
	l.Out = l.out(s.At("c_proj"), c)
	return l
}

// threefold declares a matrix [3c, c] that makes queries, keys and values, each of fan_out c.
func (s *Scope) threefold(name string, c int) *Param {
	return s.Param(initializer.Param{
		Name: name, Kind: initializer.Weight, Shape: []int{3 * c, c}, FanIn: c, FanOut: c,
		Parts: []initializer.Part{initializer.Query, initializer.Key, initializer.Value},
	})
}

// Forward computes y from x, both [n, t, c]. With a cache, positions see those of earlier parts, too.
func (l *SelfAttention) Forward(p *Pass, x *Tensor) *Tensor { return l.Attend(p, x) }

// Attend is Forward with more options of [autograd.Tensor.SelfAttention]: what keys are hidden.
func (l *SelfAttention) Attend(p *Pass, x *Tensor, opts ...autograd.AttentionOption) *Tensor {
	return p.Tap(l, l.Out.Forward(p, l.packed(p, l, l.QKV.Forward(p, x), opts)))
}

// MultiheadAttention is PyTorch's nn.MultiheadAttention with batch_first: positions of one sequence look at another one,
// or at their own.
type MultiheadAttention struct {
	attentionHeads
	Weight, Bias *Param  // in_proj_weight [3c, c], in_proj_bias [3c]: queries, keys, values; Bias is nil with NoBias
	Out          *Linear // out_proj: [c, c]
}

// NewMultiheadAttention declares in_proj_weight [3c, c], in_proj_bias [3c], out_proj.weight [c, c] and out_proj.bias [c].
// What [NewSelfAttention] says holds here, too.
func NewMultiheadAttention(s *Scope, c, heads int, opts ...AttentionOption) *MultiheadAttention {
	l := &MultiheadAttention{attentionHeads: attentionHeadsOf(s, c, heads, heads, opts)}
	l.plain()
	l.Weight = l.in(s, c).threefold("in_proj_weight", c)
	if !l.noBias {
		l.Bias = s.Bias("in_proj_bias", 3*c, c)
	}
	l.Out = l.out(s.At("out_proj"), c)
	return l
}

// Forward computes y from x, both [n, t, c]: the sequence looks at itself. With a cache, positions see those of earlier
// parts, too.
func (l *MultiheadAttention) Forward(p *Pass, x *Tensor) *Tensor {
	qkv := x.Linear(p.Of(l.Weight), p.Of(l.Bias))
	return p.Tap(l, l.Out.Forward(p, l.packed(p, l, qkv, nil)))
}

// Attend computes y [n, t, c] from queries [n, t, c], keys and values [n, s, c], with options of
// [autograd.Tensor.Attention]: what keys are hidden. It makes no use of a cache.
func (l *MultiheadAttention) Attend(p *Pass, q, k, v *Tensor, opts ...autograd.AttentionOption) *Tensor {
	q, k, v = l.project(p, 0, q), l.project(p, 1, k), l.project(p, 2, v)
	return p.Tap(l, l.Out.Forward(p, q.Attention(k, v, l.attends(p, opts)...)))
}

// project makes the queries (part 0), keys (1) or values (2) of all heads.
func (l *MultiheadAttention) project(p *Pass, part int, x *Tensor) *Tensor {
	c := l.heads * l.dim
	w, b := p.Of(l.Weight).Slice(0, part*c, (part+1)*c), p.Of(l.Bias)
	if b != nil {
		b = b.Slice(0, part*c, (part+1)*c)
	}
	return l.split(x.Linear(w, b), l.heads)
}

// GroupedQueryAttention is causal or other self-attention as Llama lays it out: neighbouring heads of the queries share
// keys and values (arXiv:2305.13245), and positions may be rotary.
type GroupedQueryAttention struct {
	attentionHeads
	Query, Key, Value *Linear // q_proj [heads d, c], k_proj and v_proj [kvheads d, c]
	Out               *Linear // o_proj: [c, heads d]
}

// NewGroupedQueryAttention declares q_proj.weight, k_proj.weight, v_proj.weight and o_proj.weight, and with [WithBias] a
// bias of each (attention_bias of a Llama's configuration). It takes [Causal], [Rotary], [HeadDim], [AttentionScale],
// [AttentionDropout] and [ResidualBranches], too. Heads that do not divide c, or kv heads that do not divide heads, panic
// with an [*autograd.UsageError].
func NewGroupedQueryAttention(s *Scope, c, heads, kvHeads int, opts ...AttentionOption) *GroupedQueryAttention {
	opts = append([]AttentionOption{NoBias()}, opts...)
	l := &GroupedQueryAttention{attentionHeads: attentionHeadsOf(s, c, heads, kvHeads, opts)}
	bias := BiasOption{l.noBias}
	in := l.in(s, c)
	l.Query = NewLinear(in.At("q_proj").Part(initializer.Query), c, heads*l.dim, bias)
	l.Key = NewLinear(in.At("k_proj").Part(initializer.Key), c, kvHeads*l.dim, bias)
	l.Value = NewLinear(in.At("v_proj").Part(initializer.Value), c, kvHeads*l.dim, bias)
	l.Out = l.out(s.At("o_proj"), c)
	return l
}

// Forward computes y from x, both [n, t, c]. With a cache, positions see those of earlier parts, too.
func (l *GroupedQueryAttention) Forward(p *Pass, x *Tensor) *Tensor { return l.Attend(p, x) }

// Attend is Forward with more options of [autograd.Tensor.Attention]: what keys are hidden.
func (l *GroupedQueryAttention) Attend(p *Pass, x *Tensor, opts ...autograd.AttentionOption) *Tensor {
	q := l.split(l.Query.Forward(p, x), l.heads)
	k := l.split(l.Key.Forward(p, x), l.kvHeads)
	v := l.split(l.Value.Forward(p, x), l.kvHeads)
	e, offset := l.entry(p, l, q)
	if l.theta > 0 {
		q, k = q.Rotary(offset, l.theta), k.Rotary(offset, l.theta)
	}
	return p.Tap(l, l.Out.Forward(p, l.apart(p, e, q, k, v, opts)))
}
