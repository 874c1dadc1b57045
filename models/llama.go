package models

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// Llama is a Llama (arXiv:2302.13971, arXiv:2307.09288): blocks of causal attention with rotary positions and grouped
// queries, and of an MLP with SwiGLU, an RMS norm before each, a norm, and a head. There are no biases, unless AttnBias
// gives some to attention.
//
// Parameters have the names and shapes of Hugging Face's LlamaForCausalLM; rotary positions are its halves, too.
type Llama struct {
	nn.Named
	Config LlamaConfig
	Tokens *nn.Embedding // model.embed_tokens
	Blocks []*nn.TransformerBlock
	Norm   *nn.RMSNorm // model.norm
	Head   *nn.Linear  // lm_head; nil where the embedding is the head
}

// NewLlama declares model.embed_tokens, model.layers.0, model.layers.1, ..., model.norm, and lm_head unless it is tied. A
// configuration that cannot be panics with a [*ConfigError].
func NewLlama(s *nn.Scope, c LlamaConfig) *Llama {
	must(c.Check())
	at := s.At("model")
	m := &Llama{Named: s.Named(), Config: c, Tokens: nn.NewEmbedding(at.At("embed_tokens").Residual(2*c.Layers), c.Vocabulary, c.Width)}
	for i := range c.Layers {
		m.Blocks = append(m.Blocks, c.block(at.At("layers", i)))
	}
	m.Norm = nn.NewRMSNorm(at.At("norm"), c.Width, c.Eps)
	if !c.Tied {
		m.Head = nn.NewLinear(s.At("lm_head").Width(c.Width).Part(initializer.Head), c.Width, c.Vocabulary, nn.NoBias())
	}
	return m
}

// block declares input_layernorm, self_attn, post_attention_layernorm and mlp.
func (c LlamaConfig) block(s *nn.Scope) *nn.TransformerBlock {
	branches := 2 * c.Layers
	norm := nn.NewRMSNorm(s.At("input_layernorm"), c.Width, c.Eps)
	options := []nn.AttentionOption{nn.Causal(), nn.Rotary(c.Theta), nn.AttentionDropout(c.AttnDrop), nn.ResidualBranches(branches)}
	if c.AttnBias {
		options = append(options, nn.WithBias())
	}
	attention := nn.NewGroupedQueryAttention(s.At("self_attn"), c.Width, c.Heads, c.KVHeads, options...)
	first := nn.NewResidual(s.At("residual_1"), norm, attention)
	norm = nn.NewRMSNorm(s.At("post_attention_layernorm"), c.Width, c.Eps)
	mlp := nn.NewGatedMLP(s.At("mlp"), c.Width, c.Inner, nn.SwiGLU, branches)
	return nn.NewTransformerBlock(s, first, nn.NewResidual(s.At("residual_2"), norm, mlp))
}

// Forward computes logits [n, t, v] from ids [n, t]. More positions than the context in one pass panic with an
// [*autograd.UsageError].
func (m *Llama) Forward(p *nn.Pass, ids nn.Labels) *nn.Tensor {
	requireSequences("llama", ids)
	if t := ids.Shape[1]; t > m.Config.Positions {
		panic(&autograd.UsageError{Op: "models: llama", Reason: fmt.Sprintf("%d positions are more than the context, %d", t, m.Config.Positions)})
	}
	x := throughBlocks(p, m.Blocks, m.Tokens.Forward(p, ids), m.Config.Recompute)
	return p.Tap(m, head(p, m.Norm.Forward(p, x), m.Head, m.Tokens))
}

// Context returns how many positions the model was trained to see.
func (m *Llama) Context() int { return m.Config.Positions }

// Vocabulary returns how many tokens there are.
func (m *Llama) Vocabulary() int { return m.Config.Vocabulary }
