package train_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// converted is a model of text that Heft did not train.
func converted() *train.TextModel {
	tok := tokenizer.NewChars("abc")
	return &train.TextModel{Tokenizer: tok, Config: models.LlamaConfig{
		Vocabulary: tok.Len(), Positions: 8, Width: 8, Inner: 12, Layers: 1, Heads: 2, KVHeads: 1, Theta: 100, Eps: 1e-5, Tied: true,
	}}
}

func TestAModelWithoutARecipeIsOpenedFromItsMetadata(t *testing.T) {
	t.Parallel()
	made := converted()
	metadata, err := made.Metadata()
	require.NoError(t, err)
	read, ok, err := train.ReadTextModel(metadata)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, made, read)
	assert.False(t, read.Trained())
	names, err := read.Multiplied()
	require.NoError(t, err)
	assert.Empty(t, names)

	s := nn.NewStore(1, initializer.Normal(0, 1))
	made.Config.New(s.Root())
	path := filepath.Join(t.TempDir(), train.WeightsFile)
	require.NoError(t, safetensors.Save(path, s.Tensors(), dtype.F32, safetensors.Metadata(metadata)))
	m, err := train.OpenText(filepath.Dir(path))
	require.NoError(t, err)
	assert.Equal(t, s.Tensors(), m.Store.Tensors())
	metadata[train.ModelKey] = strings.Replace(metadata[train.ModelKey], `"num_hidden_layers": 1`, `"num_hidden_layers": 1000000`, 1)
	require.NoError(t, safetensors.Save(path, s.Tensors(), dtype.F32, safetensors.Metadata(metadata)))
	_, err = train.OpenText(path)
	require.ErrorContains(t, err, "the model has")
	_, err = m.HeldOut()
	require.ErrorContains(t, err, "was converted and has no recipe")
	var text *train.TextError
	_, err = train.Open(path)
	require.ErrorAs(t, err, &text)
}

func TestTextModelsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	_, ok, err := train.ReadTextModel(map[string]string{"format": "pt"})
	require.NoError(t, err)
	assert.False(t, ok)
	whole, err := converted().Metadata()
	require.NoError(t, err)
	for want, change := range map[string][2]string{
		"the tokenizer in the file's metadata":                {train.TokenizerKey, "{}"},
		"the configuration in the file's metadata":            {train.ModelKey, `{"model_type": "bert"}`},
		"is not readable":                                     {train.RecipeKey, "{"},
		"vocabulary of 32000 tokens, but the tokenizer has 3": {train.ModelKey, `{"model_type": "llama"}`},
	} {
		metadata := map[string]string{change[0]: change[1]}
		for key, text := range whole {
			if key != change[0] {
				metadata[key] = text
			}
		}
		_, _, err := train.ReadTextModel(metadata)
		assert.ErrorContains(t, err, want)
	}
	other := converted()
	other.Tokenizer = tokenizer.NewChars("ab")
	_, err = other.Metadata()
	assert.ErrorContains(t, err, "vocabulary of 3 tokens, but the tokenizer has 2")
}

func FuzzReadRecipe(f *testing.F) {
	for _, name := range []string{"digits", "text"} {
		good, err := json.Marshal(train.Recipe{Config: train.Default(name), Data: train.DataHashes{Train: "00"}, Steps: 3})
		require.NoError(f, err)
		f.Add(string(good))
	}
	for _, seed := range []string{"", "{", "{}", `{"config":{"model":"mlp:1,2"}}`, `{"config":{"model":"mlp:1"},"test":{"loss":null}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok, err := train.ReadRecipe(map[string]string{train.RecipeKey: text})
		require.True(t, ok)
		if err != nil || r.Config.Check() != nil { // which those who use it ask first
			return
		}
		requireSameAgain(t, r, func(text string) (any, error) {
			again, _, err := train.ReadRecipe(map[string]string{train.RecipeKey: text})
			return again, err
		})
	})
}

// requireSameAgain requires that what was read is written as a text that reads as the same.
func requireSameAgain(t *testing.T, read any, again func(text string) (any, error)) {
	t.Helper()
	text, err := json.Marshal(read)
	require.NoError(t, err)
	same, err := again(string(text))
	require.NoError(t, err)
	sameText, err := json.Marshal(same)
	require.NoError(t, err)
	require.Equal(t, string(text), string(sameText))
}

func FuzzReadTextModel(f *testing.F) {
	good, err := converted().Metadata()
	require.NoError(f, err)
	f.Add("", good[train.ModelKey], good[train.TokenizerKey])
	f.Add("", `{"model_type": "llama"}`, good[train.TokenizerKey])
	f.Add("", `{"model_type": "bert"}`, "{}")
	f.Add("{", good[train.ModelKey], good[train.TokenizerKey])
	recipe, err := json.Marshal(train.Recipe{Config: train.Default("text")})
	require.NoError(f, err)
	f.Add(string(recipe), "", good[train.TokenizerKey])
	f.Fuzz(func(t *testing.T, recipe, config, tokens string) {
		metadata := map[string]string{}
		for key, text := range map[string]string{train.RecipeKey: recipe, train.ModelKey: config, train.TokenizerKey: tokens} {
			if text != "" {
				metadata[key] = text
			}
		}
		m, ok, err := train.ReadTextModel(metadata)
		if err != nil || !ok {
			return
		}
		again, err := m.Metadata()
		require.NoError(t, err)
		same, ok, err := train.ReadTextModel(again)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, m.Config, same.Config)
		require.Equal(t, m.Tokenizer, same.Tokenizer)
		require.Equal(t, m.Trained(), same.Trained())
	})
}
