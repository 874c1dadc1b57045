package models

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// GPT is a GPT-2 (Radford et al. 2019, "Language models are unsupervised multitask learners"): embeddings of tokens and
// learned positions, blocks of causal attention and an MLP with a norm before each, a norm, and a head.
//
// Parameters have the names of Hugging Face's GPT2Model, and lm_head.weight where the head is not tied. Its files hold the
// weights of c_attn, c_proj and c_fc transposed, [in, out] (Conv1D); here they are [out, in].
//
// [initializer.GPT2] starts one as the paper does.
type GPT struct {
	nn.Named
	Config    GPTConfig
	Tokens    *nn.Embedding         // wte
	Positions *nn.PositionEmbedding // wpe
	Blocks    []*nn.TransformerBlock
	Norm      *nn.LayerNorm // ln_f
	Head      *nn.Linear    // lm_head; nil where wte is the head
	dropped   *nn.Dropout
}

// NewGPT declares wte, wpe, h.0, h.1, ..., ln_f, and lm_head unless it is tied. A configuration that cannot be panics with
// a [*ConfigError].
func NewGPT(s *nn.Scope, c GPTConfig) *GPT {
	must(c.Check())
	m := &GPT{
		Named: s.Named(), Config: c,
		Tokens:    nn.NewEmbedding(s.At("wte").Residual(2*c.Layers), c.Vocabulary, c.Width),
		Positions: nn.NewPositionEmbedding(s.At("wpe").Residual(2*c.Layers), c.Positions, c.Width),
		dropped:   nn.NewDropout(s.At("drop"), c.EmbdDrop),
	}
	for i := range c.Layers {
		m.Blocks = append(m.Blocks, c.block(s.At("h", i)))
	}
	m.Norm = c.norm(s.At("ln_f"))
	if !c.Tied {
		m.Head = nn.NewLinear(s.At("lm_head").Width(c.Width).Part(initializer.Head), c.Width, c.Vocabulary, nn.NoBias())
	}
	return m
}

// block declares ln_1, attn, ln_2 and mlp.
func (c GPTConfig) block(s *nn.Scope) *nn.TransformerBlock {
	branches := 2 * c.Layers
	norm := c.norm(s.At("ln_1"))
	attention := nn.NewSelfAttention(s.At("attn"), c.Width, c.Heads, nn.Causal(), nn.AttentionDropout(c.AttnDrop), nn.ResidualBranches(branches))
	first := nn.NewResidual(s.At("residual_1"), norm, attention, dropout(c.ResidDrop)...)
	norm = c.norm(s.At("ln_2"))
	mlp := nn.NewFeedForward(s.At("mlp"), c.Width, c.InnerSize(), c.ActivationLayer(), branches)
	second := nn.NewResidual(s.At("residual_2"), norm, mlp, dropout(c.ResidDrop)...)
	return nn.NewTransformerBlock(s, first, second)
}

func (c GPTConfig) norm(s *nn.Scope) *nn.LayerNorm {
	l := nn.NewLayerNorm(s, c.Width)
	l.Eps = c.Eps
	return l
}

// Forward computes logits [n, t, v] from ids [n, t]. More positions than the context panic with an
// [*autograd.UsageError].
func (m *GPT) Forward(p *nn.Pass, ids nn.Labels) *nn.Tensor {
	requireSequences("gpt", ids)
	x := m.Positions.Forward(p, m.Tokens.Forward(p, ids))
	x = m.dropped.Forward(p, x)
	x = m.Norm.Forward(p, throughBlocks(p, m.Blocks, x, m.Config.Recompute))
	return p.Tap(m, head(p, x, m.Head, m.Tokens))
}

// Context returns the positions that wpe has.
func (m *GPT) Context() int { return m.Config.Positions }

// Vocabulary returns how many tokens there are.
func (m *GPT) Vocabulary() int { return m.Config.Vocabulary }

// throughBlocks computes y from x, both [n, t, c].
func throughBlocks(p *nn.Pass, blocks []*nn.TransformerBlock, x *nn.Tensor, recompute bool) *nn.Tensor {
	for _, b := range blocks {
		if recompute {
			x = nn.Checkpoint(p, b.Forward, x)
		} else {
			x = b.Forward(p, x)
		}
	}
	return x
}

// head computes logits [n, t, v] from x [n, t, c], with the embedding's table where there is no layer for it.
func head(p *nn.Pass, x *nn.Tensor, l *nn.Linear, tied *nn.Embedding) *nn.Tensor {
	if l == nil {
		return x.Linear(p.Of(tied.Weight), nil)
	}
	return l.Forward(p, x)
}
