package language

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// answer is what a program makes of a model and a prompt.
type answer struct {
	IDs     []int32
	Logits  []float64
	Halves  []float64 // of a GPT-2 in transformers: where GELU is rounded to halves, as llama.cpp has it
	Written []int32   // the most likely tokens
	Text    string
	End     int32 // the token that ends a text; -1: not told
}

// writtenTokens is how many follow a prompt.
const writtenTokens = 32

// exchanged is a model in all three forms.
type exchanged struct {
	name, prompt string
	at           map[Form]string
	large        bool // a GPT-2 whose activations are so large that it matters how llama.cpp rounds them
}

// endOfText is a special token of the models that transformers makes.
const endOfText = "<|endoftext|>"

// ours is what Heft makes of it. It has no special tokens: where one stands in the prompt, it gets the ids that others have.
func (x exchanged) ours(t *testing.T, others []int32) answer {
	t.Helper()
	run, err := train.OpenText(x.at[Run])
	require.NoError(t, err)
	ids, err := run.Tokenizer.Encode(x.prompt)
	require.NoError(t, err)
	if strings.Contains(x.prompt, endOfText) {
		require.Greater(t, len(ids), len(others))
		ids = others
	}
	a := answer{IDs: ids}
	for _, v := range run.Model.Forward(nn.NewPass(run.Store, nn.Inference), autograd.LabelsOf(ids, 1, len(ids))).Data() {
		a.Logits = append(a.Logits, float64(v))
	}
	tokens, err := models.Generate(t.Context(), run.Store, run.Model, ids, writtenTokens, models.Sampling{})
	require.NoError(t, err)
	for id := range tokens {
		a.Written = append(a.Written, id)
	}
	a.Text = string(run.Tokenizer.Decode(a.Written))
	return a
}

// exchange makes models that were trained here, and random ones of here and of transformers, in all forms.
func exchange(t *testing.T) (all []exchanged) {
	t.Helper()
	complete := func(name, prompt string, from Form, path string) {
		x := exchanged{name, prompt, map[Form]string{from: path}, strings.HasPrefix(name, "gpt2, ")}
		for _, to := range Forms() {
			if to != from {
				x.at[to], _ = converted(t, path, to, Options{})
			}
		}
		all = append(all, x)
	}
	for _, model := range []string{"gpt:layers=2,width=32,heads=2,context=48", "llama:layers=2,width=32,heads=4,kv=2,context=48"} {
		complete(model, "the rays é", Run, trained(t, model, ""))
	}
	const text = "le naïve café, 12 it's we'll\n\n  日本 tab\there"
	for _, tok := range []tokenizer.Tokenizer{tokenizer.NewChars(alphabet), tokenizer.TrainBPE(strings.Repeat(text, 9), 280)} {
		prompt := "bad é日\nfed"
		if _, bytes := tok.(*tokenizer.BPE); bytes {
			prompt = "naïve café's 日本  12\n \U0001F600"
		}
		for name, c := range small(tok.Len()) {
			s, _ := filled(c, 7)
			complete(name+", "+tok.String(), prompt, Run, saved(t, c, s, tok))
		}
	}
	dir := t.TempDir()
	made := map[string]map[string]any{
		filepath.Join(dir, "gpt2"): {"model_type": "gpt2", "n_positions": 64, "n_embd": 24, "n_layer": 2, "n_head": 3},
		filepath.Join(dir, "llama"): {"model_type": "llama", "max_position_embeddings": 64, "hidden_size": 32, "intermediate_size": 40,
			"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5},
	}
	config, err := json.Marshal(made)
	require.NoError(t, err)
	interop.Run(t, "testdata/transformers_make.py", strings.Repeat(text, 9), string(config))
	for path := range made {
		complete("transformers' "+filepath.Base(path), "naïve"+endOfText+" café's", HuggingFace, path)
	}
	return all
}

// asked is what a script makes of the models in one form.
func asked(t *testing.T, all []exchanged, form Form, script string, args ...string) (answers []answer) {
	t.Helper()
	var pairs [][2]string
	for _, x := range all {
		pairs = append(pairs, [2]string{x.at[form], x.prompt})
	}
	text, err := json.Marshal(pairs)
	require.NoError(t, err)
	args = append(args, strconv.Itoa(writtenTokens), string(text))
	require.NoError(t, json.Unmarshal([]byte(interop.Run(t, filepath.Join("testdata", script), args...)), &answers))
	require.Len(t, answers, len(all))
	return answers
}

// furthest returns how far logits are from each other at most.
func furthest(t *testing.T, a, b []float64) (d float64) {
	t.Helper()
	require.Len(t, a, len(b))
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

func TestHeftTransformersAndLlamaCppWriteTheSame(t *testing.T) {
	t.Parallel()
	libraries := interop.LlamaCpp(t)
	all := exchange(t)
	theirs := map[string][]answer{
		"transformers": asked(t, all, HuggingFace, "transformers_open.py"),
		"llama.cpp":    asked(t, all, GGUF, "llamacpp.py", libraries),
	}
	for i, x := range all {
		mine := x.ours(t, theirs["transformers"][i].IDs)
		for program, answers := range theirs {
			a := answers[i]
			want, allowed := mine.Logits, 1e-4
			if program == "llama.cpp" && x.large { // of numbers between two halves a last bit decides which it is
				want, allowed = theirs["transformers"][i].Halves, 5e-4
			}
			d := furthest(t, want, a.Logits)
			t.Logf("%s, %s: logits differ by %.1e at most", x.name, program, d)
			assert.Equal(t, mine.IDs, a.IDs, "%s, %s", x.name, program)
			assert.LessOrEqual(t, d, allowed, "%s, %s", x.name, program)
			assert.Equal(t, mine.Written, a.Written, "%s, %s", x.name, program)
			if utf8.ValidString(mine.Text) { // programs show other bytes each in a way of their own
				assert.Equal(t, mine.Text, a.Text, "%s, %s", x.name, program)
			}
		}
	}
}

// Quantized weights are those that llama.cpp computes with: its logits come close to those of the same blocks decoded here.
func TestLlamaCppComputesWithOurBlocks(t *testing.T) {
	t.Parallel()
	libraries := interop.LlamaCpp(t)
	tok := tokenizer.NewChars(alphabet)
	c := models.LlamaConfig{Vocabulary: tok.Len(), Positions: 64, Width: 256, Inner: 512, Layers: 1, Heads: 4, KVHeads: 2, Theta: 10000, Eps: 1e-5}
	s, _ := filled(c, 9)
	for _, p := range s.Params() { // weights of a size that models have: larger ones make much of little
		if p.Kind != initializer.Scale {
			for i := range p.Data {
				p.Data[i] *= 0.2
			}
		}
	}
	dir := saved(t, c, s, tok)
	var all []exchanged
	for _, kind := range []ggml.Type{ggml.Q8_0, ggml.Q4_0, ggml.Q4_1, ggml.Q5_0, ggml.Q5_1, ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K, ggml.BF16, ggml.F16} {
		x := exchanged{kind.String(), "bad fed", map[Form]string{}, false}
		x.at[GGUF], _ = converted(t, dir, GGUF, Options{As: gguf.Pure(kind)})
		x.at[Run], _ = converted(t, x.at[GGUF], Run, Options{})
		all = append(all, x)
	}
	for i, a := range asked(t, all, GGUF, "llamacpp.py", libraries) {
		mine := all[i].ours(t, nil)
		require.Len(t, a.Logits, len(mine.Logits))
		whole, off := 0., 0.
		for k, v := range mine.Logits {
			whole += v * v
			off += (v - a.Logits[k]) * (v - a.Logits[k])
		}
		share := math.Sqrt(off / whole)
		t.Logf("%s: logits differ by %.4f of their size", all[i].name, share)
		assert.Equal(t, mine.IDs, a.IDs)
		assert.LessOrEqual(t, share, 0.05, "%s: llama.cpp rounds activations to 8 bits for products with blocks", all[i].name)
	}
}
