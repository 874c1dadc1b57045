package models

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// LlamaConfig describes a Llama. JSON names are those of Hugging Face's config.json; [ReadLlamaConfig] and
// [LlamaConfig.Write] exchange such files.
type LlamaConfig struct {
	Vocabulary int     `json:"vocab_size"`
	Positions  int     `json:"max_position_embeddings"` // the context
	Width      int     `json:"hidden_size"`             // c
	Inner      int     `json:"intermediate_size"`       // features inside the MLP
	Layers     int     `json:"num_hidden_layers"`       // blocks
	Heads      int     `json:"num_attention_heads"`     // must divide the width, into an even size of head
	KVHeads    int     `json:"num_key_value_heads"`     // must divide the heads
	Theta      float64 `json:"rope_theta"`              // base of the rotary angles
	Eps        float64 `json:"rms_norm_eps"`
	AttnBias   bool    `json:"attention_bias"`      // attention's projections have biases
	AttnDrop   float64 `json:"attention_dropout"`   // dropout of attention's weights
	Tied       bool    `json:"tie_word_embeddings"` // the head is embed_tokens, transposed
	// Recompute makes each block a checkpoint in training: see [nn.Checkpoint]. It changes no number.
	Recompute bool `json:"-"`
}

// llamaKeys has what else Llama's config.json holds. Biases of the MLP, scaled rotary angles and other activations we do not compute.
var llamaKeys = hfKeys{
	model: "llama",
	fixed: map[string]any{
		"hidden_act": "silu", "mlp_bias": false, "rope_scaling": nil,
	},
}

// NewLlamaConfig returns the settings that Hugging Face's LlamaConfig starts with, which are those of Llama 7B.
func NewLlamaConfig() LlamaConfig {
	return LlamaConfig{
		Vocabulary: 32000, Positions: 2048, Width: 4096, Inner: 11008, Layers: 32, Heads: 32, KVHeads: 32, Theta: 10000, Eps: 1e-6,
	}
}

// ReadLlamaConfig reads config.json of a Llama. Fields that it leaves out are as in [NewLlamaConfig], but for
// num_key_value_heads, which then is num_attention_heads; head_dim, where given, must be hidden_size /
// num_attention_heads; rope_theta may stand in rope_parameters. Unknown keys, settings that Heft does not compute, and
// values that cannot be are errors that name the key.
func ReadLlamaConfig(data []byte) (LlamaConfig, error) {
	c := struct {
		LlamaConfig
		KVHeads *int           `json:"num_key_value_heads"`
		HeadDim *int           `json:"head_dim"`
		Rotary  map[string]any `json:"rope_parameters"`
	}{LlamaConfig: NewLlamaConfig()}
	if err := llamaKeys.read(data, &c); err != nil {
		return LlamaConfig{}, err
	}
	if err := c.takeRotary(c.Rotary); err != nil {
		return LlamaConfig{}, err
	}
	c.LlamaConfig.KVHeads = c.Heads
	if c.KVHeads != nil {
		c.LlamaConfig.KVHeads = *c.KVHeads
	}
	if err := c.Check(); err != nil {
		return LlamaConfig{}, err
	}
	if c.HeadDim != nil && *c.HeadDim != c.Width/c.Heads {
		return LlamaConfig{}, &ConfigError{"llama", "head_dim", *c.HeadDim, fmt.Sprintf("only hidden_size / num_attention_heads, %d, is supported", c.Width/c.Heads)}
	}
	return c.LlamaConfig, nil
}

// takeRotary takes the base of the rotary angles from rope_parameters, where transformers has it since version 5.
func (c *LlamaConfig) takeRotary(parameters map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		value := parameters[key]
		theta, isNumber := value.(float64)
		switch {
		case key == "rope_theta" && isNumber:
			c.Theta = theta
		case key == "rope_type" && value == "default":
		default:
			return fmt.Errorf("llama: config.json: rope_parameters has %.40q: %.40q, but only rope_theta, a number, and rope_type default are supported",
				key, fmt.Sprint(value))
		}
	}
	return nil
}

// Write returns config.json as Hugging Face's LlamaConfig reads it.
func (c LlamaConfig) Write() ([]byte, error) {
	return llamaKeys.write(struct {
		LlamaConfig
		HiddenAct string `json:"hidden_act"`
	}{c, "silu"}, "LlamaForCausalLM")
}

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c LlamaConfig) Check() error {
	const model = "llama"
	if err := checkSizes(model,
		size{"vocab_size", c.Vocabulary}, size{"max_position_embeddings", c.Positions}, size{"hidden_size", c.Width},
		size{"intermediate_size", c.Inner}, size{"num_hidden_layers", c.Layers}, size{"num_attention_heads", c.Heads},
		size{"num_key_value_heads", c.KVHeads}); err != nil {
		return err
	}
	switch {
	case c.Width%c.Heads != 0:
		return &ConfigError{model, "num_attention_heads", c.Heads, fmt.Sprintf("it must divide hidden_size, which is %d", c.Width)}
	case c.Width/c.Heads%2 != 0:
		return &ConfigError{model, "num_attention_heads", c.Heads, fmt.Sprintf("heads of %d features cannot be rotated: hidden_size / num_attention_heads must be even", c.Width/c.Heads)}
	case c.Heads%c.KVHeads != 0:
		return &ConfigError{model, "num_key_value_heads", c.KVHeads, fmt.Sprintf("it must divide num_attention_heads, which is %d", c.Heads)}
	case !(c.Theta > 0) || math.IsInf(c.Theta, 0):
		return &ConfigError{model, "rope_theta", c.Theta, "it must be above 0"}
	case !(c.Eps > 0 && c.Eps < 1):
		return &ConfigError{model, "rms_norm_eps", c.Eps, "it must be above 0 and below 1"}
	}
	if err := checkProbabilities(model, []string{"attention_dropout"}, c.AttnDrop); err != nil {
		return err
	}
	return checkCount(model, c.Parameters())
}

// Parameters returns how many numbers the model has.
func (c LlamaConfig) Parameters() int {
	w := c.Width
	keys := w / c.Heads * c.KVHeads
	block := 2*w + 2*w*w + 2*w*keys + 3*w*c.Inner
	if c.AttnBias {
		block += 2*w + 2*keys
	}
	if block > mostParameters { // more blocks could overflow
		return block
	}
	n := c.Vocabulary*w + w
	if !c.Tied {
		n += c.Vocabulary * w
	}
	return n + c.Layers*block
}
