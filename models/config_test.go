package models_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// gpt2Config is config.json of the smallest GPT-2, as Hugging Face has it.
const gpt2Config = `{
  "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256,
  "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
  "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "resid_pdrop": 0.1,
  "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index",
  "summary_use_proj": true, "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}},
  "vocab_size": 50257
}`

const llamaConfig = `{
  "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 1,
  "eos_token_id": 2, "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
  "intermediate_size": 5632, "max_position_embeddings": 2048, "mlp_bias": false, "model_type": "llama",
  "num_attention_heads": 32, "num_hidden_layers": 22, "num_key_value_heads": 4, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
  "rope_scaling": null, "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
  "transformers_version": "4.40.0", "use_cache": true, "vocab_size": 32000
}`

func TestHuggingFacesConfigsAreRead(t *testing.T) {
	t.Parallel()
	gpt, err := models.ReadGPTConfig([]byte(gpt2Config))
	require.NoError(t, err)
	require.Equal(t, models.NewGPTConfig(), gpt)
	require.Equal(t, 124_439_808, gpt.Parameters())
	llama, err := models.ReadLlamaConfig([]byte(llamaConfig))
	require.NoError(t, err)
	require.Equal(t, models.LlamaConfig{
		Vocabulary: 32000, Positions: 2048, Width: 2048, Inner: 5632, Layers: 22, Heads: 32, KVHeads: 4, Theta: 10000, Eps: 1e-5,
	}, llama)
	require.Equal(t, 1_100_048_384, llama.Parameters(), "TinyLlama's")
	all, err := models.ReadLlamaConfig([]byte(`{"num_attention_heads": 8}`))
	require.NoError(t, err)
	require.Equal(t, 8, all.KVHeads, "as many as there are heads")
	newer, err := models.ReadLlamaConfig([]byte(`{"rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}}`))
	require.NoError(t, err)
	require.Equal(t, 5e5, newer.Theta, "as transformers 5 writes it")
}

func TestConfigsComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	inner := 100
	gpt := models.GPTConfig{Vocabulary: 65, Positions: 64, Width: 128, Layers: 4, Heads: 4, Inner: &inner, Activation: "relu", Eps: 1e-5}
	data, err := gpt.Write()
	require.NoError(t, err)
	back, err := models.ReadGPTConfig(data)
	require.NoError(t, err)
	require.Equal(t, gpt, back)
	llama := models.LlamaConfig{Vocabulary: 65, Positions: 64, Width: 128, Inner: 200, Layers: 4, Heads: 4, KVHeads: 2, Theta: 500, Eps: 1e-5, Tied: true, AttnBias: true}
	data, err = llama.Write()
	require.NoError(t, err)
	again, err := models.ReadLlamaConfig(data)
	require.NoError(t, err)
	require.Equal(t, llama, again)
	var keys map[string]any
	require.NoError(t, json.Unmarshal(data, &keys))
	require.Equal(t, "llama", keys["model_type"])
	require.Equal(t, "silu", keys["hidden_act"])
}

func TestAttentionBiasGivesAttentionBiases(t *testing.T) {
	t.Parallel()
	c, err := models.ReadLlamaConfig([]byte(`{"attention_bias": true, "vocab_size": 7, "hidden_size": 8, "num_attention_heads": 4,
		"num_key_value_heads": 2, "num_hidden_layers": 1, "intermediate_size": 5}`))
	require.NoError(t, err)
	require.True(t, c.AttnBias)
	s := nn.NewStore(1, initializer.Normal(0, 1))
	models.NewLlama(s.Root(), c)
	numbers, biases := 0, map[string]int{}
	for _, p := range s.Params() {
		numbers += len(p.Data)
		if p.Kind == initializer.Bias {
			biases[p.Name] = len(p.Data)
		}
	}
	const at = "model.layers.0.self_attn."
	require.Equal(t, map[string]int{at + "q_proj.bias": 8, at + "k_proj.bias": 4, at + "v_proj.bias": 4, at + "o_proj.bias": 8}, biases)
	require.Equal(t, numbers, c.Parameters())
	_, err = models.ReadLlamaConfig([]byte(`{"attention_bias": 1}`))
	require.ErrorContains(t, err, "attention_bias must be true or false, not number")
	_, err = models.ReadLlamaConfig([]byte(`{"mlp_bias": true}`))
	require.ErrorContains(t, err, "mlp_bias is true, but only false is supported")
}

func TestBadConfigsAreRefusedNamingTheField(t *testing.T) {
	t.Parallel()
	gpt := func(data string) error { _, err := models.ReadGPTConfig([]byte(data)); return err }
	llama := func(data string) error { _, err := models.ReadLlamaConfig([]byte(data)); return err }
	for _, c := range []struct {
		read       func(data string) error
		data, says string
	}{
		{gpt, `{"n_head": 5}`, "gpt2: n_head is 5, but it must divide n_embd, which is 768"},
		{gpt, `{"n_layer": 0}`, "gpt2: n_layer is 0, but it must be from 1 to 1048576"},
		{gpt, `{"n_inner": -1}`, "gpt2: n_inner is -1"},
		{gpt, `{"vocab_size": 9999999999}`, "gpt2: vocab_size is 9999999999"},
		{gpt, `{"n_layer": 1000000}`, "gpt2: the number of parameters is"},
		{gpt, `{"n_embd": 1048576, "n_head": 1, "n_layer": 1048576}`, "gpt2: the number of parameters is"},
		{gpt, `{"activation_function": "mish"}`, `gpt2: activation_function is "mish", but it must be gelu_new`},
		{gpt, `{"resid_pdrop": 1}`, "gpt2: resid_pdrop is 1, but it must be from 0 to below 1"},
		{gpt, `{"layer_norm_epsilon": 0}`, "gpt2: layer_norm_epsilon is 0"},
		{gpt, `{"n_heads": 5}`, `gpt2: config.json has an unknown key "n_heads"`},
		{gpt, `{"N_HEAD": 5}`, `unknown key "N_HEAD"`},
		{gpt, "{\"a\\nb\": 5}", `unknown key "a\nb"`},
		{gpt, `{"model_type": "llama"}`, `gpt2: config.json: model_type is "llama", but only "gpt2" is supported`},
		{gpt, `{"scale_attn_weights": false}`, "scale_attn_weights is false, but only true is supported"},
		{gpt, `{"n_head": "many"}`, "gpt2: config.json: n_head must be a whole number, not string"},
		{gpt, `{"n_head": 1e99}`, "gpt2: config.json: n_head must be a whole number, not number 1e99"},
		{gpt, `{"tie_word_embeddings": 1}`, "tie_word_embeddings must be true or false, not number"},
		{gpt, `{"activation_function": []}`, "activation_function must be a text, not array"},
		{gpt, `null`, "config.json is no JSON object, but null"},
		{gpt, `[1]`, "config.json is no JSON object"},
		{gpt, `{"n_head": 5`, "config.json is no JSON object"},
		{llama, `{"num_attention_heads": 33}`, "llama: num_attention_heads is 33, but it must divide hidden_size, which is 4096"},
		{llama, `{"hidden_size": 32}`, "llama: num_attention_heads is 32, but heads of 1 features cannot be rotated"},
		{llama, `{"num_key_value_heads": 3}`, "llama: num_key_value_heads is 3, but it must divide num_attention_heads, which is 32"},
		{llama, `{"num_key_value_heads": 0}`, "llama: num_key_value_heads is 0"},
		{llama, `{"hidden_size": "wide"}`, "hidden_size must be a whole number, not string"},
		{llama, `{"rms_norm_eps": {}}`, "rms_norm_eps must be a number, not object"},
		{llama, `{"rope_theta": -1}`, "llama: rope_theta is -1"},
		{llama, `{"rms_norm_eps": 1}`, "llama: rms_norm_eps is 1"},
		{llama, `{"attention_dropout": -0.1}`, "llama: attention_dropout is -0.1"},
		{llama, `{"head_dim": 100}`, "llama: head_dim is 100"},
		{llama, `{"rope_scaling": {"type": "linear"}}`, "rope_scaling is"},
		{llama, `{"rope_parameters": {"rope_theta": 500, "rope_type": "llama3"}}`, `rope_parameters has "rope_type": "llama3", but only`},
		{llama, `{"rope_parameters": {"rope_theta": "high"}}`, `rope_parameters has "rope_theta": "high"`},
		{llama, `{"rope_parameters": {"rope_theta": 0}}`, "llama: rope_theta is 0"},
		{llama, `{"rope_parameters": {"partial_rotary_factor": 0.5}}`, `rope_parameters has "partial_rotary_factor": "0.5"`},
		{llama, `{"rope_parameters": 500}`, "rope_parameters must be an object, not number"},
		{llama, `{"hidden_act": "gelu"}`, "hidden_act is"},
	} {
		err := c.read(c.data)
		require.ErrorContains(t, err, c.says, c.data)
		require.NotContains(t, err.Error(), "\n")
	}
}

func FuzzReadConfigs(f *testing.F) {
	for _, seed := range []string{gpt2Config, llamaConfig, `{}`, `null`, `{"n_head": null}`, `{"n_inner": 7}`, `{"head_dim": 64, "hidden_size": 1e3}`, `{"rope_parameters": {"rope_theta": 1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := models.ReadGPTConfig(data); err == nil {
			require.NoError(t, c.Check())
		} else {
			require.False(t, strings.ContainsAny(err.Error(), "\n\r\x1b"), "%q", err)
		}
		if c, err := models.ReadLlamaConfig(data); err == nil {
			require.NoError(t, c.Check())
		}
	})
}
