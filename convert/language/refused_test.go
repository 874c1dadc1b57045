package language

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// changed writes the GGUF file again with other metadata and tensors.
func changed(t testing.TB, path string, metadata func(gguf.Metadata) gguf.Metadata, tensors func([]dtype.Tensor) []dtype.Tensor) string {
	t.Helper()
	all, m, err := gguf.Load(path)
	require.NoError(t, err)
	if tensors != nil {
		all = tensors(all)
	}
	if metadata != nil {
		m = metadata(m)
	}
	path = filepath.Join(t.TempDir(), "changed.gguf")
	require.NoError(t, gguf.Save(path, m, all, plain(0)))
	return path
}

func TestGGUFsThatComputeSomethingElseAreRefusedByName(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	made := map[string]string{}
	for name, c := range small(tok.Len()) {
		s, _ := filled(c, 1)
		made[name], _ = converted(t, saved(t, c, s, tok), GGUF, Options{})
	}
	with := func(key string, v gguf.Value) func(gguf.Metadata) gguf.Metadata {
		return func(m gguf.Metadata) gguf.Metadata { return m.With(key, v) }
	}
	without := func(key string) func(gguf.Metadata) gguf.Metadata {
		return func(m gguf.Metadata) gguf.Metadata { return m.Without(key) }
	}
	u32 := func(n uint32) gguf.Value { return gguf.Of(n) }
	unknown := func(m gguf.Metadata) gguf.Metadata {
		types := slices.Repeat([]int32{1}, tok.Len())
		types[3] = 2
		return m.With(typesKey, gguf.ArrayOf(types))
	}
	for _, c := range []struct {
		want, model string
		change      func(gguf.Metadata) gguf.Metadata
	}{
		{`"llama.rope.scaling.factor" is "2", but Heft has no such setting of a llama`, "llama", with("llama.rope.scaling.factor", gguf.Of(float32(2)))},
		{`"gpt2.expert_count" is "4"`, "gpt2", with("gpt2.expert_count", u32(4))},
		{`has no "llama.block_count", which says what the model is`, "llama", without("llama.block_count")},
		{`"llama.rope.dimension_count" is 4, but only 8 is supported`, "llama", with("llama.rope.dimension_count", u32(4))},
		{`it is float32 "3", but must be a whole number`, "gpt2", with("gpt2.block_count", gguf.Of(float32(3)))},
		{`it is uint32 "1", but must be a float`, "gpt2", with("gpt2.attention.layer_norm_epsilon", u32(1))},
		{"llama.attention.head_count is 0", "llama", with("llama.attention.head_count", u32(0))},
		{"llama.vocab_size is 4294967295", "llama", with("llama.vocab_size", u32(1<<32-1))},
		{"llama.rope.freq_base is 0, but it must be above 0", "llama", with("llama.rope.freq_base", gguf.Of(float32(0)))},
		{"llama.rope.freq_base is NaN", "llama", with("llama.rope.freq_base", gguf.Of(float32(math.NaN())))},
		{"llama.attention.head_count is 5, but it must divide llama.embedding_length, which is 24", "llama", with("llama.attention.head_count", u32(5))},
		{"gpt2.feed_forward_length is 0", "gpt2", with("gpt2.feed_forward_length", u32(0))},
		{"parameters are missing", "llama", with("llama.block_count", u32(3))},
		{"the model has 1000000 blocks, but the file only", "llama", with("llama.block_count", u32(1000000))},
		{"tensors are not in the model", "llama", with("llama.block_count", u32(1))},
		{"is [8 24], but the model has [24 24]", "llama", with("llama.attention.head_count_kv", u32(3))},
		{"it is []uint32", "llama", with("llama.attention.head_count_kv", gguf.ArrayOf([]uint32{1, 1}))},
		{`"tokenizer.ggml.model" is "llama", but only gpt2`, "llama", with(modelKey, gguf.Of("llama"))},
		{`has no "tokenizer.ggml.model"`, "llama", without(modelKey)},
		{`"tokenizer.ggml.pre" is "smollm", but texts are divided into pieces as gpt-2 does it, and no other way is supported`, "llama", with(preKey, gguf.Of("smollm"))},
		{`"tokenizer.ggml.eos_token_id" is 20, but the vocabulary has the tokens 0 to 19`, "gpt2", with(eosKey, u32(20))},
		{`"tokenizer.ggml.bos_token_id": it is string "a", but must be a whole number`, "llama", with(bosKey, gguf.Of("a"))},
		{`"tokenizer.ggml.add_bos_token" is "true"`, "llama", with(addBOSKey, gguf.Of(true))},
		{`token 3, "b", is of type 2, which byte pairs do not have`, "llama", unknown},
		{"has 1 types for 20 tokens", "llama", with(typesKey, gguf.ArrayOf([]int32{1}))},
		{`is []int32, but must be []string`, "llama", with(tokensKey, gguf.ArrayOf([]int32{1}))},
		{`merge 1, "ab", is not two tokens`, "llama", with(mergesKey, gguf.ArrayOf([]string{"ab"}))},
		{"no token for byte 0x00", "llama", with(mergesKey, gguf.ArrayOf([]string{"a b"}))},
	} {
		path := changed(t, made[c.model], c.change, nil)
		_, err := Open(path)
		require.ErrorContains(t, err, c.want)
		assert.ErrorContains(t, err, path)
		assert.NotContains(t, err.Error(), "\n")
	}
	silent, err := Open(changed(t, made["llama"], without("llama.rope.freq_base"), nil))
	require.NoError(t, err)
	assert.InDelta(t, 10000, silent.Config().(models.LlamaConfig).Theta, 0, "what llama.cpp takes")
	require.NoError(t, silent.Close())
	_, err = Open(changed(t, made["llama"], with("general.architecture", gguf.Of("mamba")), nil))
	var other *OtherError
	require.ErrorAs(t, err, &other)
	assert.ErrorContains(t, err, `is no GPT-2 and no Llama: metadata "general.architecture" is "mamba"`)

	extra, err := dtype.FromFloat32s("rope_freqs.weight", []int{4}, []float32{1, 1, 1, 1}, dtype.F32)
	require.NoError(t, err)
	_, err = Open(changed(t, made["llama"], nil, func(all []dtype.Tensor) []dtype.Tensor { return append(all, extra) }))
	assert.ErrorContains(t, err, `"rope_freqs.weight"`)
}

func TestKeysOfGGUFThatAFolderHasAsTextAreWrittenAnew(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama"]
	s, _ := filled(c, 1)
	folder, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	file, _ := converted(t, folder, GGUF, Options{})
	in, err := serialize.Open(file)
	require.NoError(t, err)
	defer in.Close()
	stray := map[string]string{"note": "hello"}
	for _, kv := range in.Metadata() {
		stray[kv.Key] = fmt.Sprint(kv.Value)
	}
	path := filepath.Join(folder, train.WeightsFile)
	var all []dtype.Tensor
	for _, x := range loaded(t, path) {
		all = append(all, x)
	}
	require.NoError(t, safetensors.Save(path, all, safetensors.AsIs, safetensors.Metadata(stray)))
	again, _ := converted(t, folder, GGUF, Options{})
	out, err := serialize.Open(again)
	require.NoError(t, err)
	defer out.Close()
	assert.ElementsMatch(t, in.Metadata(), out.Metadata())
}

func TestWhatSaysNothingOfIdsIsLeftBehindByName(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama"]
	s, _ := filled(c, 1)
	path, _ := converted(t, saved(t, c, s, tok), GGUF, Options{})
	path = changed(t, path, func(m gguf.Metadata) gguf.Metadata {
		return m.With("tokenizer.ggml.padding_token_id", gguf.Of(uint32(2))).With("general.name", gguf.Of("Tiny"))
	}, nil)
	folder, r := converted(t, path, HuggingFace, Options{})
	assert.Equal(t, []string{"tokenizer.ggml.padding_token_id"}, r.Left)
	again, r := converted(t, folder, GGUF, Options{})
	assert.Empty(t, r.Left)
	f, err := gguf.Open(again)
	require.NoError(t, err)
	defer f.Close()
	name, err := f.Metadata().Text("general.name")
	require.NoError(t, err)
	assert.Equal(t, "Tiny", name, "what travels along")
}

// edited changes config.json of a folder.
func edited(t testing.TB, dir string, key string, value any) {
	t.Helper()
	path := filepath.Join(dir, configFile)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var config map[string]any
	require.NoError(t, json.Unmarshal(text, &config))
	config[key] = value
	require.NoError(t, writeJSON(path, config))
}

func TestFoldersOfTransformersAreRefusedByName(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 1)
	run := saved(t, c, s, tok)
	for _, x := range []struct {
		key   string
		value any
		want  string
		to    Form
	}{
		{"model_type", "bert", "is no GPT-2 and no Llama", ""},
		{"scale_attn_weights", false, "scale_attn_weights is false", ""},
		{"n_layer", 3, "parameters are missing", ""},
		{"eos_token_id", []int{1, 2}, "eos_token_id", ""},
		{"eos_token_id", tok.Len(), "eos_token_id is 20, but the vocabulary has the tokens 0 to 19", ""},
		{"bos_token_id", -1, "bos_token_id is -1, but the vocabulary has the tokens 0 to 19: correct it, or set it to null", ""},
		{"activation_function", "relu", `activation_function is "relu", but llama.cpp computes gelu_new`, GGUF},
	} {
		dir, _ := converted(t, run, HuggingFace, Options{})
		edited(t, dir, x.key, x.value)
		m, err := Open(dir)
		if err == nil {
			_, err = m.Write(t.Context(), filepath.Join(t.TempDir(), "out.gguf"), x.to, Options{})
			require.NoError(t, m.Close())
		}
		assert.ErrorContains(t, err, x.want)
	}

	dir, _ := converted(t, run, HuggingFace, Options{})
	require.NoError(t, os.Remove(filepath.Join(dir, tokenizerFile)))
	m, err := Open(dir)
	require.NoError(t, err)
	defer m.Close()
	out := filepath.Join(t.TempDir(), "out")
	_, err = m.Write(t.Context(), out, Run, Options{})
	assert.ErrorContains(t, err, "the model has no tokenizer, which a run needs")
	assert.NoDirExists(t, out)
	_, err = m.Write(t.Context(), out, GGUF, Options{})
	require.NoError(t, err, "a model of ids alone")
	again, err := Open(out)
	require.NoError(t, err)
	defer again.Close()
	assert.Nil(t, again.Tokenizer)
}

func TestEndsOfTextsAreKept(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 1)
	dir, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	edited(t, dir, "eos_token_id", 7)
	edited(t, dir, "bos_token_id", 50256)
	again, r := converted(t, dir, HuggingFace, Options{})
	assert.Equal(t, []string{"bos_token_id 50256"}, r.Left, "nobody chose it, and it is beyond the vocabulary")
	var config map[string]any
	readJSON(t, filepath.Join(again, configFile), &config)
	assert.Equal(t, 7., config["eos_token_id"])
	assert.Nil(t, config["bos_token_id"])
	path, _ := converted(t, dir, GGUF, Options{})
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	id, err := f.Metadata().Int(eosKey)
	require.NoError(t, err)
	assert.Equal(t, int64(7), id)
	_, r = converted(t, again, Run, Options{})
	assert.Equal(t, []string{"eos_token_id"}, r.Left)
}

func TestWeightsThatAreNoModelOfTextAreOthers(t *testing.T) {
	t.Parallel()
	x, err := dtype.FromFloat32s("w", []int{1}, []float32{1}, dtype.F32)
	require.NoError(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{x}, safetensors.AsIs))
	var other *OtherError
	is := func(path, want string) {
		t.Helper()
		_, err = Open(path)
		require.ErrorAs(t, err, &other)
		assert.Equal(t, path, other.Path)
		assert.Contains(t, other.Reason, want)
	}
	is(path, "of a model name the folder, where a config.json says")
	is(dir, "there is no config.json")
	for config, want := range map[string]string{
		`{"model_type": "llama"`:  "its config.json is no JSON object: unexpected end",
		`[]`:                      "its config.json is no JSON object",
		`{"architectures": []}`:   "its config.json has no model_type",
		`{"model_type": "gemma"}`: `model_type is "gemma", but only gpt2, llama`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, configFile), []byte(config), 0o666))
		is(dir, want)
	}
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{x}, safetensors.AsIs, safetensors.Metadata(map[string]string{train.RecipeKey: `{"config":{"model":"mlp"}}`})))
	require.NoError(t, os.Remove(filepath.Join(dir, configFile)))
	is(dir, "it is a run, but none on a text")
	assert.True(t, other.Trained)
	_, err = Open(filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.NotErrorAs(t, err, &other)
}

func TestTensorsOfNoNumbersAreRefused(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama"]
	s, _ := filled(c, 1)
	dir := saved(t, c, s, tok)
	tensors, metadata, err := safetensors.Load(filepath.Join(dir, train.WeightsFile))
	require.NoError(t, err)
	last := len(tensors) - 1
	tensors[last].DType, tensors[last].Data = dtype.I8, tensors[last].Data[:tensors[last].NumElements()]
	require.NoError(t, safetensors.Save(filepath.Join(dir, train.WeightsFile), tensors, safetensors.AsIs, safetensors.Metadata(metadata)))
	_, err = Open(dir)
	assert.ErrorContains(t, err, "has elements of format I8, which are no weights")
}

func FuzzOpenGGUF(f *testing.F) {
	tok := tokenizer.NewChars("ab")
	for _, c := range []models.Config{
		models.GPTConfig{Vocabulary: 2, Positions: 1, Width: 2, Layers: 1, Heads: 1, Activation: "gelu_new", Eps: 1e-5, Tied: true},
		models.LlamaConfig{Vocabulary: 2, Positions: 1, Width: 2, Inner: 1, Layers: 1, Heads: 1, KVHeads: 1, Theta: 10, Eps: 1e-5, Tied: true},
	} {
		s, _ := filled(c, 1)
		path, _ := converted(f, saved(f, c, s, tok), GGUF, Options{})
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := serialize.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil || file.Format() != serialize.GGUF {
			return
		}
		m, err := openGGUF(file)
		if err != nil {
			return
		}
		for _, form := range Forms() {
			for _, info := range turned(m.weights, form, m.arch).Tensors() {
				require.NotEmpty(t, info.Name)
			}
		}
		_, err = writeTokens(m.Tokenizer, m.special, m.Config().Tokens(), m.ends)
		require.NoError(t, err)
	})
}

func TestLoadErrorsNameTensorsAsTheFileDoes(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 1)
	dir, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	edited(t, dir, "n_layer", 3)
	_, err := Open(dir)
	var unfit *nn.LoadError
	require.ErrorAs(t, err, &unfit)
	assert.Contains(t, unfit.Report.Missing, "h.2.attn.c_attn.weight")
}

func FuzzTakeSpecial(f *testing.F) {
	f.Add([]byte(`{"added_tokens":[{"id":1,"content":"<s>"}],"model":{"vocab":{"a":0}}}`))
	f.Add([]byte(`{"added_tokens":[{"id":1,"content":"< s>"}],"model":{"vocab":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rest, added, err := takeSpecial(text)
		if err != nil || len(added) == 0 {
			return
		}
		_, again, err := takeSpecial(rest)
		require.NoError(t, err)
		require.Empty(t, again)
		back, err := putSpecial(rest, added)
		require.NoError(t, err)
		_, again, err = takeSpecial(back)
		require.NoError(t, err)
		require.Equal(t, added, again)
	})
}
