package train_test

import (
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
