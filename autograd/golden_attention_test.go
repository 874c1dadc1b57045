package autograd_test

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/golden"
)

// goldenAttention binds attention and rotary positions.
func goldenAttention[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"self_attention": func(c goldenCase, x []*tensor) *tensor {
			opts := append(c.attention(), autograd.KVHeads(c.int("kv_heads")))
			return x[0].SelfAttention(c.int("heads"), opts...)
		},
		"attention": func(c goldenCase, x []*tensor) *tensor { return x[0].Attention(x[1], x[2], c.attention()...) },
		"rotary":    func(c goldenCase, x []*tensor) *tensor { return x[0].Rotary(c.int("offset"), c.float("theta")) },
	}
}

// attention returns the options that the case has.
func (c goldenCase) attention() (opts []autograd.AttentionOption) {
	if golden.Arg(&c.Args, "causal", false) {
		opts = append(opts, autograd.Causal())
	}
	if c.Args.Has("scale") {
		opts = append(opts, autograd.AttentionScale(c.float("scale")))
	}
	if c.Mask != nil {
		opts = append(opts, autograd.KeyMask(c.mask()))
	}
	return opts
}
