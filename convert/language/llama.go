package language

import "github.com/heft-ml/heft/models"

// llama is a Llama.
type llama struct{ models.LlamaConfig }

func (l *llama) name() string { return "llama" }

func (l *llama) config() models.Config { return l.LlamaConfig }

func (l *llama) undropped() models.Config {
	c := l.LlamaConfig
	c.AttnDrop = 0
	return c
}

// llamaRows: v tokens, c the width, k features of all heads of keys, f features inside the MLP. Names of GGUF are those of
// llama.cpp's gguf-py/gguf/constants.py.
var llamaRows = []row{
	{"model.embed_tokens.weight", "token_embd.weight", "v c", 0},
	{"model.layers.#.input_layernorm.weight", "blk.#.attn_norm.weight", "c", 0},
	{"model.layers.#.self_attn.q_proj.weight", "blk.#.attn_q.weight", "c c", rotated},
	{"model.layers.#.self_attn.q_proj.bias", "blk.#.attn_q.bias", "c", rotated | bias},
	{"model.layers.#.self_attn.k_proj.weight", "blk.#.attn_k.weight", "k c", rotated},
	{"model.layers.#.self_attn.k_proj.bias", "blk.#.attn_k.bias", "k", rotated | bias},
	{"model.layers.#.self_attn.v_proj.weight", "blk.#.attn_v.weight", "k c", 0},
	{"model.layers.#.self_attn.v_proj.bias", "blk.#.attn_v.bias", "k", bias},
	{"model.layers.#.self_attn.o_proj.weight", "blk.#.attn_output.weight", "c c", 0},
	{"model.layers.#.self_attn.o_proj.bias", "blk.#.attn_output.bias", "c", bias},
	{"model.layers.#.post_attention_layernorm.weight", "blk.#.ffn_norm.weight", "c", 0},
	{"model.layers.#.mlp.gate_proj.weight", "blk.#.ffn_gate.weight", "f c", 0},
	{"model.layers.#.mlp.up_proj.weight", "blk.#.ffn_up.weight", "f c", 0},
	{"model.layers.#.mlp.down_proj.weight", "blk.#.ffn_down.weight", "c f", 0},
	{"model.norm.weight", "output_norm.weight", "c", 0},
	{"lm_head.weight", "output.weight", "v c", head},
}

func (l *llama) rows() []row { return llamaRows }

func (l *llama) sizes() sizes {
	size := l.headSize()
	return sizes{
		blocks: l.Layers, head: size, ownHead: !l.Tied, biases: l.AttnBias,
		letters: map[string]int{"v": l.Vocabulary, "c": l.Width, "k": size * l.KVHeads, "f": l.Inner},
	}
}

func (l *llama) headSize() int { return l.Width / l.Heads }

func (l *llama) keys() []key {
	return []key{
		{name: "vocab_size", field: &l.Vocabulary, optional: true},
		{name: "context_length", field: &l.Positions},
		{name: "embedding_length", field: &l.Width},
		{name: "block_count", field: &l.Layers},
		{name: "feed_forward_length", field: &l.Inner},
		{name: "attention.head_count", field: &l.Heads},
		{name: "attention.head_count_kv", field: &l.KVHeads, optional: true},
		{name: "attention.layer_norm_rms_epsilon", field: &l.Eps},
		{name: "rope.freq_base", field: &l.Theta, optional: true},
		{name: "rope.dimension_count", only: l.headSize},
		{name: "attention.key_length", only: l.headSize},
		{name: "attention.value_length", only: l.headSize},
	}
}

// ropeBase is what llama.cpp rotates by where a file does not say.
const ropeBase = 10000

func (l *llama) settle(has func(name string) bool) {
	l.Tied, l.AttnBias = !has("output.weight"), has("blk.0.attn_q.bias")
	if l.KVHeads == 0 {
		l.KVHeads = l.Heads
	}
}

func (l *llama) computable() error { return nil }
