package inspect

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// saveAs writes tensors in any format.
func saveAs(t testing.TB, to serialize.Format, m serialize.Metadata, tensors ...dtype.Tensor) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "weights")
	f, err := serialize.Open(save(t, nil, tensors...))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, serialize.Create(path, to, f.Tensors(), m, serialize.Content(f)))
	return path
}

func TestEveryFormatIsReportedOn(t *testing.T) {
	t.Parallel()
	for _, to := range serialize.Formats() {
		r := inspected(t, saveAs(t, to.Format, nil, f32(t, "fc.weight", 2, 3)))
		assert.Equal(t, string(to.Format), r.Format)
		require.Len(t, r.Tensors, 1, to.Format)
		assert.Equal(t, []int{2, 3}, r.Tensors[0].Shape)
		require.NotNil(t, r.Tensors[0].Stats)
		assert.Equal(t, Number(3.5), r.Tensors[0].Stats.Mean)
	}
}

func TestBlocksAreLookedAtAsTheNumbersTheyStandFor(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.gguf")
	ones := make([]float32, 64)
	for i := range ones {
		ones[i] = 1
	}
	m := gguf.Metadata{{Key: "general.architecture", Value: gguf.Of("llama")}}
	require.NoError(t, gguf.Save(path, m, []dtype.Tensor{f32Of(t, "blk.0.ffn_up.weight", ones, 2, 32)}, gguf.Pure(ggml.Q8_0)))
	r := inspected(t, path)
	assert.Equal(t, "Q8_0", r.Tensors[0].DType)
	assert.Equal(t, int64(68), r.Tensors[0].Bytes)
	assert.InDelta(t, 1, float64(r.Tensors[0].Stats.Mean), 1e-3)
	assert.Equal(t, []Total{{"Q8_0", 1, 64, 68}}, r.DTypes)
}

func TestTokenizersAreSummedUp(t *testing.T) {
	t.Parallel()
	m := serialize.Metadata{
		{Key: "tokenizer.ggml.model", Value: "gpt2"}, {Key: "tokenizer.ggml.tokens", Value: []string{"a", "b", "ab", "<s>"}},
		{Key: "tokenizer.ggml.merges", Value: []string{"a b"}}, {Key: "tokenizer.ggml.bos_token_id", Value: uint32(3)},
	}
	r := header(t, saveAs(t, serialize.GGUF, m, f32(t, "x", 1)))
	assert.Equal(t, &Tokenizer{Model: "gpt2", Tokens: 4, Merges: 1, Special: map[string]string{"bos": "3"}}, r.Tokenizer)
	assert.Contains(t, textOf(t, r, Layout{Width: 80}), "\ntokenizer\n  model   gpt2\n  tokens  4\n  merges  1\n  bos     3\n")

	for text, want := range map[string]*Tokenizer{
		`{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]},"added_tokens":[{"id":3,"content":"<s>","special":true}]}`: {
			"BPE", 4, 1, map[string]string{"3": "<s>"}},
		`{"model":{"type":"Unigram","vocab":[["a",-1.5],["b",-2]]}}`: {"Unigram", 2, 0, map[string]string{}},
		`{"model":`: nil,
	} {
		path := save(t, nil, f32(t, "x", 1))
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "tokenizer.json"), []byte(text), 0o666))
		assert.Equal(t, want, header(t, filepath.Dir(path)).Tokenizer, text)
	}
}

func TestListsOfMetadataAreToldByTheirFirstElements(t *testing.T) {
	t.Parallel()
	many := make([]string, 50_000)
	m := serialize.Metadata{
		{Key: "n", Value: uint32(7)}, {Key: "short", Value: []float32{0.5, 1}}, {Key: "tokens", Value: many}, {Key: "ok", Value: true},
	}
	r := header(t, saveAs(t, serialize.GGUF, m, f32(t, "x", 1)))
	assert.Equal(t, map[string]string{
		"n": "7", "short": "[0.5, 1]", "ok": "true", "tokens": `["", "", "", "", "", "", "", ""] and 49992 more`,
	}, r.Metadata)
}

func TestShardsAreReportedOnAsOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tensor := range map[string]dtype.Tensor{"a": f32(t, "a", 2), "b": f32(t, "b", 3)} {
		whole, err := os.ReadFile(save(t, nil, tensor))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".safetensors"), whole, 0o666))
	}
	index, err := json.Marshal(map[string]any{"weight_map": map[string]string{"a": "a.safetensors", "b": "b.safetensors"}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.safetensors.index.json"), index, 0o666))
	r := header(t, dir)
	assert.Equal(t, filepath.Join(dir, "model.safetensors.index.json"), r.File)
	assert.Equal(t, int64(20), r.Bytes)
	assert.Equal(t, int64(5), r.Parameters)
}

func TestPatternsChooseTensors(t *testing.T) {
	t.Parallel()
	path := save(t, nil, f32(t, "h.0.w", 2), f32(t, "h.1.w", 3), f32(t, "odd[", 5), f32(t, "x", 7), f32(t, "a/b/c", 11))
	assert.Equal(t, int64(5), header(t, path, Only("h.*")).Parameters)
	assert.Equal(t, int64(9), header(t, path, Only("x", "?.0.w")).Parameters)
	assert.Equal(t, int64(11), header(t, path, Only("a*c")).Parameters, "slashes are characters as any other")
	assert.Equal(t, int64(28), header(t, path, Only()).Parameters)
	_, err := File(context.Background(), path, Only("y*"))
	assert.ErrorContains(t, err, `no tensor is called "y*"`)
	_, err = File(context.Background(), path, Only("odd["))
	assert.ErrorContains(t, err, "pattern")
}
