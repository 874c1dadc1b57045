package language

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

const alphabet = "\n abcdefghijklmnop é日"

// small are models with each setting that changes which tensors there are.
func small(vocabulary int) map[string]models.Config {
	inner := 40
	gpt := models.GPTConfig{Vocabulary: vocabulary, Positions: 64, Width: 24, Layers: 2, Heads: 3, Activation: "gelu_new", Eps: 1e-5, Tied: true}
	own := gpt
	own.Tied, own.Inner, own.ResidDrop = false, &inner, 0.1
	llama := models.LlamaConfig{Vocabulary: vocabulary, Positions: 64, Width: 24, Inner: 40, Layers: 2, Heads: 3, KVHeads: 1, Theta: 500, Eps: 1e-6, Tied: true}
	biased := llama
	biased.Tied, biased.AttnBias, biased.KVHeads, biased.AttnDrop = false, true, 3, 0.1
	return map[string]models.Config{"gpt2": gpt, "gpt2, a head of its own": own, "llama": llama, "llama, biases": biased}
}

// filled is a model whose numbers are all random, and far enough from 0 to be told apart.
func filled(c models.Config, seed uint64) (*nn.Store, models.Language) {
	s := nn.NewStore(0, initializer.Zeros())
	m := c.New(s.Root())
	r := rand.New(rand.NewPCG(seed, 0))
	for _, p := range s.Params() {
		for i := range p.Data {
			p.Data[i] = float32(r.NormFloat64() * 0.3)
			if p.Kind == initializer.Scale {
				p.Data[i]++
			}
		}
	}
	return s, m
}

// saved writes a run without a recipe.
func saved(t testing.TB, c models.Config, s *nn.Store, tok tokenizer.Tokenizer) (dir string) {
	t.Helper()
	metadata, err := (&train.TextModel{Config: c, Tokenizer: tok}).Metadata()
	require.NoError(t, err)
	metadata["note"] = "hello"
	dir = t.TempDir()
	require.NoError(t, safetensors.Save(filepath.Join(dir, train.WeightsFile), s.Tensors(), dtype.F32, safetensors.Metadata(metadata)))
	return dir
}

// converted writes the model at a path in another form.
func converted(t testing.TB, in string, to Form, o Options) (path string, r *convert.Result) {
	t.Helper()
	m, err := Open(in)
	require.NoError(t, err)
	defer func() { assert.NoError(t, m.Close()) }()
	path = filepath.Join(t.TempDir(), "out")
	if to == GGUF {
		path += ".gguf"
	}
	r, err = m.Write(context.Background(), path, to, o)
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing is left beside what was written")
	return path, r
}

func TestEveryFormBecomesEveryOtherAndComesBackTheSame(t *testing.T) {
	t.Parallel()
	for _, tok := range []tokenizer.Tokenizer{tokenizer.NewChars(alphabet), tokenizer.TrainBPE(strings.Repeat("ab abc naïve ", 9), 262)} {
		for name, c := range small(tok.Len()) {
			if tok.String() != "chars" && name != "llama" { // the tokenizer has nothing to do with the rest
				continue
			}
			s, _ := filled(c, 1)
			at := map[Form]string{Run: saved(t, c, s, tok)}
			at[HuggingFace], _ = converted(t, at[Run], HuggingFace, Options{})
			at[GGUF], _ = converted(t, at[Run], GGUF, Options{})
			for _, from := range Forms() {
				for _, to := range Forms() {
					there, r := converted(t, at[from], to, Options{})
					assert.Empty(t, r.Left, "%s from %s to %s", name, from, to)
					assert.Zero(t, r.Recast, name)
					back, _ := converted(t, there, Run, Options{})
					run, err := train.OpenText(back)
					require.NoError(t, err, "%s from %s to %s", name, from, to)
					assert.Equal(t, s.Tensors(), run.Store.Tensors(), "%s from %s to %s", name, from, to)
					assert.Equal(t, tok, run.Tokenizer)
					was, _ := of(c)
					is, _ := of(configOf(run.Model))
					assert.Equal(t, was.undropped(), is.undropped())
				}
			}
		}
	}
}

func configOf(m models.Language) models.Config {
	if g, ok := m.(*models.GPT); ok {
		return g.Config
	}
	return m.(*models.Llama).Config
}

func TestHuggingFacesGPT2HasItsNamesAndTransposedWeights(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 2)
	dir, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	theirs := loaded(t, filepath.Join(dir, train.WeightsFile))
	ours := map[string]dtype.Tensor{}
	for _, x := range s.Tensors() {
		ours[x.Name] = x
	}
	require.Len(t, theirs, len(ours))
	assert.Equal(t, ours["wte.weight"].Data, theirs["transformer.wte.weight"].Data)
	mine, err := ours["h.1.attn.c_attn.weight"].Float32s(nil)
	require.NoError(t, err)
	turned := theirs["transformer.h.1.attn.c_attn.weight"]
	require.Equal(t, []int{24, 72}, turned.Shape)
	values, err := turned.Float32s(nil)
	require.NoError(t, err)
	for in := range 24 {
		for out := range 72 {
			require.Equal(t, mine[out*24+in], values[in*72+out])
		}
	}
	var config map[string]any
	readJSON(t, filepath.Join(dir, configFile), &config)
	assert.Equal(t, "gpt2", config["model_type"])
	assert.Contains(t, config, "eos_token_id")
	assert.Nil(t, config["eos_token_id"])
	assert.FileExists(t, filepath.Join(dir, tokenizerFile))
}

func loaded(t *testing.T, path string) map[string]dtype.Tensor {
	t.Helper()
	f, err := serialize.Open(path)
	require.NoError(t, err)
	defer f.Close()
	all := map[string]dtype.Tensor{}
	for _, info := range f.Tensors() {
		all[info.Name], err = f.Read(info.Name)
		require.NoError(t, err)
	}
	return all
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

func TestFilesOfOlderTransformersAreRead(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 3)
	dir, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	path := filepath.Join(dir, train.WeightsFile)
	var older []dtype.Tensor
	for name, x := range loaded(t, path) {
		x.Name = strings.TrimPrefix(name, "transformer.")
		older = append(older, x)
		if x.Name == "wte.weight" {
			x.Name = "lm_head.weight"
			older = append(older, x)
		}
	}
	mask, err := dtype.FromFloat32s("h.0.attn.bias", []int{1, 1, 2, 2}, []float32{1, 0, 1, 1}, dtype.F32)
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(path, append(older, mask), safetensors.AsIs))
	back, _ := converted(t, dir, Run, Options{})
	run, err := train.OpenText(back)
	require.NoError(t, err)
	assert.Equal(t, s.Tensors(), run.Store.Tensors())

	for i := range older {
		if older[i].Name == "lm_head.weight" {
			older[i].Data = make([]byte, len(older[i].Data))
		}
	}
	require.NoError(t, safetensors.Save(path, older, safetensors.AsIs))
	_, err = Open(dir)
	assert.ErrorContains(t, err, "tie_word_embeddings is true, but lm_head.weight is not the embedding")
}

func TestRowsOfHeadsGoToNeighboursAndBack(t *testing.T) {
	t.Parallel()
	var there []int
	for row := range 16 {
		there = append(there, neighbours(8)(row))
		assert.Equal(t, row, halves(8)(neighbours(8)(row)))
		assert.Equal(t, row, neighbours(8)(halves(8)(row)))
	}
	assert.Equal(t, []int{0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15}, there)
}

func TestTurnedTensorsAreTheSameSeenInAnyParts(t *testing.T) {
	t.Parallel()
	values := make([]float32, 12*600)
	for i := range values {
		values[i] = float32(i)
	}
	x, err := dtype.FromFloat32s("w", []int{12, 600}, values, dtype.F32)
	require.NoError(t, err)
	for _, change := range []turn{{}, {transposed: true}, {rows: neighbours(4)}} {
		s := change.of(x.Stored())
		var whole []byte
		require.NoError(t, s.View(0, s.Bytes, func(data []byte) error { whole = append(whole, data...); return nil }))
		for _, size := range []int64{4, 28, 5000 * 4} {
			var parts []byte
			for from := int64(0); from < s.Bytes; from += size {
				require.NoError(t, s.View(from, min(from+size, s.Bytes), func(data []byte) error { parts = append(parts, data...); return nil }))
			}
			require.Equal(t, whole, parts)
		}
	}
}

func TestGGUFHasTheKeysAndTypesThatLlamaCppWants(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama, biases"]
	s, _ := filled(c, 4)
	path, r := converted(t, saved(t, c, s, tok), GGUF, Options{DType: dtype.F16})
	assert.Positive(t, r.Recast)
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	shown := map[string]string{}
	for _, kv := range f.Metadata() {
		shown[kv.Key] = kv.Value.TypeName() + " " + kv.Value.String()
	}
	for key, want := range map[string]string{
		"general.architecture": "str llama", "general.file_type": "u32 1", "llama.vocab_size": "u32 20", "llama.context_length": "u32 64",
		"llama.embedding_length": "u32 24", "llama.block_count": "u32 2", "llama.feed_forward_length": "u32 40", "llama.attention.head_count": "u32 3",
		"llama.attention.head_count_kv": "u32 3", "llama.attention.layer_norm_rms_epsilon": "f32 1e-06", "llama.rope.freq_base": "f32 500",
		"llama.rope.dimension_count": "u32 8", "tokenizer.ggml.model": "str gpt2", "tokenizer.ggml.pre": "str gpt-2",
		"tokenizer.ggml.add_bos_token": "bool false", "tokenizer.ggml.eos_token_id": "u32 19", "note": "str hello",
		"tokenizer.ggml.merges": `arr[str] ["Ã ©", "æ Ĺ", "æĹ ¥"]`,
	} {
		assert.Equal(t, want, shown[key], key)
	}
	for _, info := range f.Tensors() {
		want := "F16"
		if len(info.Shape) == 1 {
			want = "F32"
		}
		assert.Equal(t, want, info.Type, info.Name)
		assert.NotContains(t, info.Name, "model")
	}
	_, foreign := shown[train.TokenizerKey]
	assert.False(t, foreign)
}

func TestMatricesAreQuantizedAndNothingElse(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := models.LlamaConfig{Vocabulary: tok.Len(), Positions: 64, Width: 256, Inner: 96, Layers: 1, Heads: 4, KVHeads: 2, Theta: 10000, Eps: 1e-5}
	s, _ := filled(c, 5)
	path, _ := converted(t, saved(t, c, s, tok), GGUF, Options{As: gguf.Pure(ggml.Q4_K)})
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	types := map[string]string{}
	for _, info := range f.Tensors() {
		types[info.Name] = info.Type
	}
	assert.Equal(t, "Q4_K", types["blk.0.attn_q.weight"])
	assert.Equal(t, "Q5_0", types["blk.0.ffn_down.weight"], "rows of 96 are no whole blocks of 256")
	assert.Equal(t, "F32", types["blk.0.attn_norm.weight"])
	version, err := f.Metadata().Int(gguf.KeyQuantizationVersion)
	require.NoError(t, err)
	assert.Equal(t, int64(2), version)
	kind, err := f.Metadata().Int(gguf.KeyFileType)
	require.NoError(t, err)
	assert.Equal(t, int64(14), kind)

	back, _ := converted(t, path, Run, Options{})
	run, err := train.OpenText(back)
	require.NoError(t, err)
	for i, p := range run.Store.Params() {
		for k, v := range s.Params()[i].Data {
			require.InDelta(t, v, p.Data[k], 0.15, p.Name)
		}
	}
}
