package nn

import (
	"math"

	"github.com/heft-ml/heft/autograd"
)

// AttentionOption changes an attention layer: [Causal], [AttentionScale], [AttentionDropout], [ResidualBranches],
// [NoBias] or [WithBias], and for [GroupedQueryAttention] [HeadDim] and [Rotary].
type AttentionOption interface{ attention(s *attentionSettings) }

// attentionSettings is what attention layers have in common.
type attentionSettings struct {
	causal   bool
	scale    float64
	scaled   bool // scale was said
	dropout  float64
	noBias   bool
	branches int     // of the residual stream that the layer writes into; 0: it does not
	headDim  int     // 0: width / heads
	theta    float64 // of rotary positions; 0: there are none
}

type attentionOption func(s *attentionSettings)

func (o attentionOption) attention(s *attentionSettings) { o(s) }

func (o BiasOption) attention(s *attentionSettings) { s.noBias = o.none }

// Causal lets a position see itself and those before it only.
func Causal() AttentionOption { return attentionOption(func(s *attentionSettings) { s.causal = true }) }

// AttentionScale is what products of queries and keys are multiplied by, 1/√d for heads of width d unless this option
// says otherwise. A number that is not finite panics with an [*autograd.UsageError].
func AttentionScale(x float64) AttentionOption {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		misuse("attention", "the scale must be finite, not %v", x)
	}
	return attentionOption(func(s *attentionSettings) { s.scale, s.scaled = x, true })
}

// AttentionDropout zeroes each weight of training passes with probability p and divides the others by 1 - p.
func AttentionDropout(p float64) AttentionOption {
	if !(p >= 0 && p <= 1) {
		misuse("attention", "the probability of dropout is %v, but must be in [0, 1]", p)
	}
	return attentionOption(func(s *attentionSettings) { s.dropout = p })
}

// ResidualBranches says that the layer writes into a residual stream with so many branches in the whole network: see
// [Scope.Residual]. It is about the last projection alone. 0 says that it does not; fewer panic with an
// [*autograd.UsageError].
func ResidualBranches(branches int) AttentionOption {
	if branches < 0 {
		misuse("attention", "a residual stream cannot have %d branches", branches)
	}
	return attentionOption(func(s *attentionSettings) { s.branches = branches })
}

// HeadDim is the width of a head, the layer's width over its heads unless this option says otherwise.
func HeadDim(d int) AttentionOption {
	if d < 1 {
		misuse("attention", "heads must be 1 or wider, not %d", d)
	}
	return attentionOption(func(s *attentionSettings) { s.headDim = d })
}

// Rotary turns queries and keys by their position: see [autograd.Tensor.Rotary]. Llama 2 has a theta of 10000.
func Rotary(theta float64) AttentionOption {
	if !(theta > 0) || math.IsInf(theta, 1) {
		misuse("attention", "theta of rotary positions must be finite and above 0, not %v", theta)
	}
	return attentionOption(func(s *attentionSettings) { s.theta = theta })
}

// attentionHeads is what attention layers compute with: how wide their heads are and how they attend.
type attentionHeads struct {
	Named
	attentionSettings
	heads, kvHeads, dim int
}

func attentionHeadsOf(s *Scope, c, heads, kvHeads int, opts []AttentionOption) attentionHeads {
	l := attentionHeads{Named: s.Named(), heads: heads, kvHeads: kvHeads}
	for _, o := range opts {
		o.attention(&l.attentionSettings)
	}
	switch {
	case c < 1 || heads < 1 || kvHeads < 1:
		misuse("attention", "%q has a width of %d, %d heads and %d kv heads, but each must be 1 or more", s.path, c, heads, kvHeads)
	case l.headDim == 0 && c%heads != 0:
		misuse("attention", "%q has %d heads, which must divide its width, %d", s.path, heads, c)
	case heads%kvHeads != 0:
		misuse("attention", "%q has %d kv heads, which must divide its heads, %d", s.path, kvHeads, heads)
	}
	l.dim = l.headDim
	if l.dim == 0 {
		l.dim = c / heads
	}
	if l.theta > 0 && l.dim%2 != 0 {
		misuse("attention", "%q has heads of width %d, but rotary positions need an even one", s.path, l.dim)
	}
	return l
}

// plain refuses options of grouped queries.
func (l *attentionHeads) plain() {
	if l.headDim > 0 || l.theta > 0 {
		misuse("attention", "%q: HeadDim and Rotary are options of GroupedQueryAttention", l.path)
	}
}

// in is where the projections before the heads are declared: a branch has two weights in a row, values' and the last.
func (l *attentionHeads) in(s *Scope, c int) *Scope { return s.Inside(l.branches, 2).Width(c) }

// out declares the last projection.
func (l *attentionHeads) out(s *Scope, c int) *Linear {
	return NewLinear(s.Residual(l.branches).Width(c), l.heads*l.dim, c, BiasOption{l.noBias})
}

// attends returns the options of the op, in the pass's mode.
func (l *attentionHeads) attends(p *Pass, opts []autograd.AttentionOption) []autograd.AttentionOption {
	if l.causal {
		opts = append(opts, autograd.Causal())
	}
	if l.scaled {
		opts = append(opts, autograd.AttentionScale(l.scale))
	}
	if l.dropout > 0 && p.Training() {
		opts = append(opts, autograd.AttentionDropout(l.dropout, p.Rand(l.path)))
	}
	return opts
}
