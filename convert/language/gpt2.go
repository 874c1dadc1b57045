package language

import (
	"fmt"

	"github.com/heft-ml/heft/models"
)

// gpt2 is a GPT-2.
type gpt2 struct {
	models.GPTConfig
	inner int // what GGUF has of Inner
}

func (g *gpt2) name() string { return "gpt2" }

func (g *gpt2) config() models.Config { return g.GPTConfig }

func (g *gpt2) undropped() models.Config {
	c := g.GPTConfig
	c.ResidDrop, c.EmbdDrop, c.AttnDrop = 0, 0, 0
	if c.ActivationLayer() == "gelu_tanh" { // by either of its names
		c.Activation = geluTanh
	}
	return c
}

// geluTanh is the activation that GPT-2 was published with.
const geluTanh = "gelu_new"

// gpt2Rows: v tokens, t positions, c the width, f features inside the MLP. Names of GGUF are those of llama.cpp's
// gguf-py/gguf/constants.py.
var gpt2Rows = []row{
	{"wte.weight", "token_embd.weight", "v c", 0},
	{"wpe.weight", "position_embd.weight", "t c", 0},
	{"h.#.ln_1.weight", "blk.#.attn_norm.weight", "c", 0},
	{"h.#.ln_1.bias", "blk.#.attn_norm.bias", "c", 0},
	{"h.#.attn.c_attn.weight", "blk.#.attn_qkv.weight", "3c c", conv1D},
	{"h.#.attn.c_attn.bias", "blk.#.attn_qkv.bias", "3c", 0},
	{"h.#.attn.c_proj.weight", "blk.#.attn_output.weight", "c c", conv1D},
	{"h.#.attn.c_proj.bias", "blk.#.attn_output.bias", "c", 0},
	{"h.#.ln_2.weight", "blk.#.ffn_norm.weight", "c", 0},
	{"h.#.ln_2.bias", "blk.#.ffn_norm.bias", "c", 0},
	{"h.#.mlp.c_fc.weight", "blk.#.ffn_up.weight", "f c", conv1D},
	{"h.#.mlp.c_fc.bias", "blk.#.ffn_up.bias", "f", 0},
	{"h.#.mlp.c_proj.weight", "blk.#.ffn_down.weight", "c f", conv1D},
	{"h.#.mlp.c_proj.bias", "blk.#.ffn_down.bias", "c", 0},
	{"ln_f.weight", "output_norm.weight", "c", 0},
	{"ln_f.bias", "output_norm.bias", "c", 0},
	{"lm_head.weight", "output.weight", "v c", head},
}

func (g *gpt2) rows() []row { return gpt2Rows }

func (g *gpt2) sizes() sizes {
	return sizes{
		blocks: g.Layers, head: g.Width / g.Heads, ownHead: !g.Tied,
		letters: map[string]int{"v": g.Vocabulary, "t": g.Positions, "c": g.Width, "3c": 3 * g.Width, "f": g.InnerSize()},
	}
}

func (g *gpt2) keys() []key {
	if g.Width > 0 {
		g.inner = g.InnerSize()
	}
	return []key{
		{name: "vocab_size", field: &g.Vocabulary, optional: true},
		{name: "context_length", field: &g.Positions},
		{name: "embedding_length", field: &g.Width},
		{name: "block_count", field: &g.Layers},
		{name: "feed_forward_length", field: &g.inner},
		{name: "attention.head_count", field: &g.Heads},
		{name: "attention.layer_norm_epsilon", field: &g.Eps},
	}
}

func (g *gpt2) settle(has func(name string) bool) {
	g.Activation, g.Tied = geluTanh, !has("output.weight")
	if g.inner != 4*g.Width {
		g.Inner = &g.inner
	}
}

func (g *gpt2) computable() error {
	if g.ActivationLayer() != "gelu_tanh" {
		return fmt.Errorf("activation_function is %.40q, but llama.cpp computes %s in every GPT-2", g.Activation, geluTanh)
	}
	return nil
}
