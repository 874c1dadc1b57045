package nn

// TransformerBlock is attention and then an MLP, each the branch of a residual (arXiv:1706.03762). The norms' places, the
// residuals' scale and what is dropped are options of the residuals; the scale of scores is one of the attention.
type TransformerBlock struct {
	Named
	Attention, MLP *Residual
}

// NewTransformerBlock joins the two residuals. With these names it is a block of GPT-2:
//
//	block := nn.NewTransformerBlock(s,
//		nn.NewResidual(s.At("residual_1"), nn.NewLayerNorm(s.At("ln_1"), c), nn.NewSelfAttention(s.At("attn"), c, heads, nn.Causal())),
//		nn.NewResidual(s.At("residual_2"), nn.NewLayerNorm(s.At("ln_2"), c), nn.NewFeedForward(s.At("mlp"), c, 4*c, "gelu_tanh", 0)))
func NewTransformerBlock(s *Scope, attention, mlp *Residual) *TransformerBlock {
	return &TransformerBlock{s.Named(), attention, mlp}
}

// Forward computes y from x, both [n, t, c].
func (b *TransformerBlock) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(b, b.MLP.Forward(p, b.Attention.Forward(p, x)))
}
