package models

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/nn"
)

// GPTConfig describes a GPT. JSON names are those of Hugging Face's config.json for GPT-2; [ReadGPTConfig] and
// [GPTConfig.Write] exchange such files.
type GPTConfig struct {
	Vocabulary int     `json:"vocab_size"`
	Positions  int     `json:"n_positions"`         // the context
	Width      int     `json:"n_embd"`              // c
	Layers     int     `json:"n_layer"`             // blocks
	Heads      int     `json:"n_head"`              // must divide the width
	Inner      *int    `json:"n_inner"`             // features inside the MLP; null means 4 width
	Activation string  `json:"activation_function"` // gelu_new (GPT-2's), gelu, relu, silu, tanh
	ResidDrop  float64 `json:"resid_pdrop"`         // dropout of what each branch adds
	EmbdDrop   float64 `json:"embd_pdrop"`          // dropout of the embeddings
	AttnDrop   float64 `json:"attn_pdrop"`          // dropout of attention's weights
	Eps        float64 `json:"layer_norm_epsilon"`
	Tied       bool    `json:"tie_word_embeddings"` // the head is wte, transposed
	// Recompute makes each block a checkpoint in training: see [nn.Checkpoint]. It changes no number.
	Recompute bool `json:"-"`
}

// gptKeys has what else GPT-2's config.json holds. Cross attention, and two ways of scaling scores, we do not compute.
var gptKeys = hfKeys{
	model: "gpt2",
	fixed: map[string]any{
		"scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false, "reorder_and_upcast_attn": false, "add_cross_attention": false,
	},
	ignored: []string{"n_ctx", "summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels", "summary_first_dropout"},
}

// gptActivations are the activations' names at Hugging Face, and those of [nn.NewActivation].
var gptActivations = []struct{ name, layer string }{
	{"gelu_new", "gelu_tanh"}, {"gelu_pytorch_tanh", "gelu_tanh"}, {"gelu", "gelu"}, {"relu", "relu"}, {"silu", "silu"}, {"swish", "silu"}, {"tanh", "tanh"},
}

// ActivationLayer returns the activation's name as [nn.NewActivation] knows it; empty where a GPT cannot have it.
func (c GPTConfig) ActivationLayer() string {
	for _, a := range gptActivations {
		if a.name == c.Activation {
			return a.layer
		}
	}
	return ""
}

// activationNames lists what may stand for the activation, for people.
func activationNames() string {
	var names []string
	for _, a := range gptActivations {
		names = append(names, a.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// NewGPTConfig returns the settings that Hugging Face's GPT2Config starts with, which are those of the smallest GPT-2.
func NewGPTConfig() GPTConfig {
	return GPTConfig{
		Vocabulary: 50257, Positions: 1024, Width: 768, Layers: 12, Heads: 12, Activation: "gelu_new",
		ResidDrop: 0.1, EmbdDrop: 0.1, AttnDrop: 0.1, Eps: 1e-5, Tied: true,
	}
}

// ReadGPTConfig reads config.json of a GPT-2. Fields that it leaves out are as in [NewGPTConfig]. Unknown keys, settings
// that Heft does not compute, and values that cannot be are errors that name the key.
func ReadGPTConfig(data []byte) (GPTConfig, error) {
	c := NewGPTConfig()
	if err := gptKeys.read(data, &c); err != nil {
		return GPTConfig{}, err
	}
	return c, c.Check()
}

// Write returns config.json as Hugging Face's GPT2Config reads it.
func (c GPTConfig) Write() ([]byte, error) { return gptKeys.write(c, "GPT2LMHeadModel") }

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c GPTConfig) Check() error {
	const model = "gpt2"
	sizes := []size{{"vocab_size", c.Vocabulary}, {"n_positions", c.Positions}, {"n_embd", c.Width}, {"n_layer", c.Layers}, {"n_head", c.Heads}}
	if c.Inner != nil {
		sizes = append(sizes, size{"n_inner", *c.Inner})
	}
	if err := checkSizes(model, sizes...); err != nil {
		return err
	}
	switch {
	case c.Width%c.Heads != 0:
		return &ConfigError{model, "n_head", c.Heads, fmt.Sprintf("it must divide n_embd, which is %d", c.Width)}
	case c.ActivationLayer() == "":
		return &ConfigError{model, "activation_function", fmt.Sprintf("%q", c.Activation), "it must be " + activationNames()}
	case !(c.Eps > 0 && c.Eps < 1):
		return &ConfigError{model, "layer_norm_epsilon", c.Eps, "it must be above 0 and below 1"}
	}
	if err := checkProbabilities(model, []string{"resid_pdrop", "embd_pdrop", "attn_pdrop"}, c.ResidDrop, c.EmbdDrop, c.AttnDrop); err != nil {
		return err
	}
	return checkCount(model, c.Parameters())
}

// InnerSize returns the features inside the MLP: Inner, or 4 width.
func (c GPTConfig) InnerSize() int {
	if c.Inner != nil {
		return *c.Inner
	}
	return 4 * c.Width
}

// Parameters returns how many numbers the model has.
func (c GPTConfig) Parameters() int {
	w, h := c.Width, c.InnerSize()
	block := 4*w + 4*w*w + 4*w + 2*w*h + h + w
	n := (c.Vocabulary+c.Positions)*w + 2*w
	if !c.Tied {
		n += c.Vocabulary * w
	}
	if block > mostParameters { // more blocks could overflow
		return block
	}
	return n + c.Layers*block
}

// dropout is an option for residuals, or none.
func dropout(p float64) []nn.ResidualOption {
	if p == 0 {
		return nil
	}
	return []nn.ResidualOption{nn.BranchDropout(p)}
}
