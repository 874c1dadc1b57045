package inspect

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

const (
	gpt2Config  = `{"model_type":"gpt2","n_layer":12,"n_embd":768,"n_head":12,"n_positions":1024,"vocab_size":50257}`
	llamaConfig = `{"model_type":"llama","num_hidden_layers":32,"hidden_size":4096,"intermediate_size":11008,"num_attention_heads":32,
		"max_position_embeddings":4096,"vocab_size":32000,"tie_word_embeddings":false}`
	smolConfig = `{"model_type":"llama","num_hidden_layers":30,"hidden_size":576,"intermediate_size":1536,"num_attention_heads":9,
		"num_key_value_heads":3,"max_position_embeddings":8192,"vocab_size":49152,"tie_word_embeddings":true}`
)

func TestParametersAreThoseOfTheModelsThatArePublished(t *testing.T) {
	t.Parallel()
	keyless := `{"": "said of nothing", ` + gpt2Config[1:]
	for config, want := range map[string]float64{gpt2Config: 124_439_808, keyless: 124_439_808, llamaConfig: 6_738_415_616, smolConfig: 134_515_008} {
		a, err := ReadArchitecture([]byte(config))
		require.NoError(t, err)
		assert.Equal(t, want, a.Parameters(), config)
	}
}

func TestMemoryOfBillions(t *testing.T) {
	t.Parallel()
	assert.Equal(t, int64(28e9), MemoryOf(7e9).FP32)
	assert.Equal(t, int64(14e9), MemoryOf(7e9).FP16)
	assert.Equal(t, int64(140e9), MemoryOf(70e9).FP16)
	assert.Equal(t, int64(35e9), MemoryOf(70e9).Int4, "before scales")
	assert.Equal(t, int64(70e9*18/32), MemoryOf(70e9).Q4_0)
	assert.Equal(t, Memory{FP32: 4, FP16: 2, Int8: 1, Q8_0: 3, Int4: 1, Q4_0: 3}, MemoryOf(1))
	assert.Equal(t, MemoryOf(1<<61), MemoryOf(math.MaxInt64))
	assert.Greater(t, MemoryOf(math.MaxInt64).FP32, int64(1<<62))
	sum := Total{}
	for range 3 {
		sum.add(Total{Tensors: 1, Parameters: 1 << 62, Bytes: math.MaxInt64})
	}
	assert.Equal(t, Total{Tensors: 3, Parameters: math.MaxInt64, Bytes: math.MaxInt64}, sum, "sums do not begin again below zero")
}

// Korthikanti et al., equation 2, has 34 sbh + 5 as²b bytes a layer with two bytes a number; with four it is 66 and 9.
func TestActivationsAreThoseOfThePaper(t *testing.T) {
	t.Parallel()
	a, err := ReadArchitecture([]byte(gpt2Config))
	require.NoError(t, err)
	const b, s, h, heads, v = 4.0, 1024.0, 768.0, 12.0, 50257.0
	assert.Equal(t, 12*(66*s*b*h+9*heads*s*s*b)+4*s*b*v, a.Activations(4, 1024))
}

func TestCacheIsTwoVectorsALayerAndToken(t *testing.T) {
	t.Parallel()
	a, err := ReadArchitecture([]byte(llamaConfig))
	require.NoError(t, err)
	assert.Equal(t, float64(1<<31), 2*a.CacheSize(1, 4096), "2 GiB in 16 bits")
	a, err = ReadArchitecture([]byte(smolConfig))
	require.NoError(t, err)
	assert.Equal(t, 2*30*3*64*2*100.0, a.CacheSize(2, 100), "queries share them")
}

func TestGGUFTellsTheArchitecture(t *testing.T) {
	t.Parallel()
	m := serialize.Metadata{
		{Key: "general.architecture", Value: "llama"}, {Key: "llama.block_count", Value: uint32(30)}, {Key: "llama.embedding_length", Value: uint32(576)},
		{Key: "llama.feed_forward_length", Value: uint32(1536)}, {Key: "llama.attention.head_count", Value: uint32(9)},
		{Key: "llama.attention.head_count_kv", Value: uint32(3)}, {Key: "llama.vocab_size", Value: uint32(49152)}, {Key: "llama.context_length", Value: uint32(8192)},
	}
	a, ok := ArchitectureOf(m)
	require.True(t, ok)
	want, err := ReadArchitecture([]byte(smolConfig))
	require.NoError(t, err)
	want.Tied = false // GGUF does not say
	assert.Equal(t, want, a)
	_, ok = ArchitectureOf(m[1:])
	assert.False(t, ok)
	_, ok = ArchitectureOf(m[:3])
	assert.False(t, ok)
}

// What transformers.LlamaForCausalLM has for this configuration (modeling_llama.py: attention_bias and mlp_bias give every
// projection of their part a bias), tensor by tensor.
func TestBiasesOfALlamaCount(t *testing.T) {
	t.Parallel()
	const config = `{"model_type":"llama","num_hidden_layers":2,"hidden_size":24,"intermediate_size":40,"num_attention_heads":3,
		"num_key_value_heads":1,"head_dim":16,"max_position_embeddings":64,"vocab_size":11,"attention_bias":%t,"mlp_bias":%t}`
	const plain = 11*24 + 2*(24+48*24+2*16*24+24*48+24+3*24*40) + 24 + 11*24
	for biases, want := range map[[2]bool]float64{
		{false, false}: plain, {true, false}: plain + 2*(48+16+16+24), {false, true}: plain + 2*(40+40+24), {true, true}: plain + 2*(48+16+16+24+40+40+24),
	} {
		a, err := ReadArchitecture(fmt.Appendf(nil, config, biases[0], biases[1]))
		require.NoError(t, err)
		assert.Equal(t, want, a.Parameters(), biases)
	}
}

// The three that read configurations are apart, because none of them needs the others: here they are held together.
func TestArchitecturesAreThoseOfModelsAndOfGGUF(t *testing.T) {
	t.Parallel()
	inner := 40
	gpt := models.GPTConfig{Vocabulary: 9, Positions: 7, Width: 24, Layers: 2, Heads: 3, Activation: "gelu_new", Eps: 1e-5, Tied: true}
	wide := gpt
	wide.Inner, wide.Tied = &inner, false
	llama := models.LlamaConfig{Vocabulary: 9, Positions: 7, Width: 24, Inner: 40, Layers: 2, Heads: 6, KVHeads: 3, Theta: 500, Eps: 1e-6}
	biased := llama
	biased.AttnBias, biased.Tied = true, true
	for _, c := range []models.Config{gpt, wide, llama, biased} {
		config, err := c.Write()
		require.NoError(t, err)
		a, err := ReadArchitecture(config)
		require.NoError(t, err)
		s := nn.NewStore(1, initializer.Zeros())
		c.New(s.Root())
		numbers := 0
		for _, p := range s.Params() {
			numbers += len(p.Data)
		}
		assert.Equal(t, float64(numbers), a.Parameters(), string(config))
		assert.Equal(t, c.Parameters(), numbers, string(config))

		f, err := Open(asGGUF(t, c, s))
		require.NoError(t, err)
		said, ok := ArchitectureOf(f.Metadata())
		require.True(t, ok, string(config))
		said.Tied, said.AttnBias = a.Tied, a.AttnBias // tensors say these
		assert.Equal(t, a, said)
		require.NoError(t, f.Close())
	}
}

// asGGUF writes a model as llama.cpp reads it.
func asGGUF(t *testing.T, c models.Config, s *nn.Store) string {
	t.Helper()
	dir := t.TempDir()
	metadata, err := (&train.TextModel{Config: c, Tokenizer: tokenizer.NewChars("abcdefghi")}).Metadata()
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(filepath.Join(dir, train.WeightsFile), s.Tensors(), dtype.F32, safetensors.Metadata(metadata)))
	m, err := language.Open(dir)
	require.NoError(t, err)
	defer func() { assert.NoError(t, m.Close()) }()
	path := filepath.Join(dir, "model.gguf")
	_, err = m.Write(t.Context(), path, language.GGUF, language.Options{})
	require.NoError(t, err)
	return path
}

func TestTrainingCountsTheStateOfTheOptimizer(t *testing.T) {
	t.Parallel()
	got, err := TrainingOf(100, "adamw", nil, 1, 1)
	require.NoError(t, err)
	assert.Equal(t, Training{Weights: 400, Gradients: 400, Optimizer: 800}, got)
	assert.Equal(t, 1600.0, got.Total())
	got, err = TrainingOf(100, "sgd", nil, 1, 1)
	require.NoError(t, err)
	assert.Zero(t, got.Optimizer)
	_, err = TrainingOf(100, "adagrad", nil, 1, 1)
	assert.ErrorContains(t, err, "none of adam, adamw, lion")
}

func TestConfigsThatCannotBeSizedAreRefused(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		`{"model_type":"bert"}`: "gpt2 and llama are known", `{}`: "gpt2 and llama are known", `[`: "no config.json",
		`{"n_layer":0}`: "layers", `{"n_layer":-1}`: "layers", `{"n_embd":1e7}`: "hidden size", `{"n_head":0}`: "heads",
		`{"n_head":1000000000000000}`: "heads", `{"n_positions":0}`: "context", `{"vocab_size":-1}`: "vocabulary", `{"n_inner":99999999}`: "inner size",
		`{"vocab_size":null}`: "does not say its vocabulary (vocab_size)", `{"n_head":1000}`: "no multiple of its 1000 heads (n_head)",
		`{"n_layer":1.5}`: "its n_layer must be a whole number, not number 1.5", `{"tie_word_embeddings":1}`: "its tie_word_embeddings must be true or false, not number",
		`{"model_type":7}`: "its model_type must be a text, not number",
	} {
		config := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(gpt2Config), &config))
		text := []byte(change)
		if json.Unmarshal(text, &config) == nil && len(change) > 2 {
			var err error
			text, err = json.Marshal(config)
			require.NoError(t, err)
		}
		_, err := ReadArchitecture(text)
		assert.ErrorContains(t, err, want, change)
	}
}

func FuzzReadArchitecture(f *testing.F) {
	f.Add([]byte(gpt2Config))
	f.Add([]byte(smolConfig))
	f.Fuzz(func(t *testing.T, config []byte) {
		a, err := ReadArchitecture(config)
		if err == nil && (a.Parameters() < 1 || a.Parameters() > 1<<60 || MemoryOf(int64(a.Parameters())).FP32 < 1) {
			t.Fatalf("%s: %g parameters", config, a.Parameters())
		}
	})
}
