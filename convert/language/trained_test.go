package language

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

// trained is a run's folder of a small model, after a few steps.
func trained(t testing.TB, model, init string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("the rays of light go on, é and on\n", 60)), 0o666))
	c := train.DefaultFor("text:"+path, model)
	c.Steps, c.EvalEvery, c.Batch, c.Dropout = 6, 6, 4, 0.1
	if init != "" {
		c.Init = init
	}
	dir := filepath.Join(t.TempDir(), "run")
	_, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	return dir
}

func written(t *testing.T, m *train.TrainedText) string {
	t.Helper()
	tokens, err := m.Generate(context.Background(), "the", 40, models.Sampling{Temperature: 0.8, Seed: 3})
	require.NoError(t, err)
	var text []byte
	for token := range tokens {
		text = append(text, token...)
	}
	return string(text)
}

// file is the weights file of a run.
func file(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, train.WeightsFile))
	require.NoError(t, err)
	return string(text)
}

func TestWhatHeftTrainedComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"gpt:layers=1,width=16,heads=2,context=16", "llama:layers=1,width=16,heads=2,kv=1,context=16"} {
		dir := trained(t, model, "")
		was, err := train.OpenText(dir)
		require.NoError(t, err)
		text, err := was.HeldOut()
		require.NoError(t, err)
		for _, way := range [][]Form{{HuggingFace, Run}, {GGUF, Run}, {GGUF, HuggingFace, Run}} {
			at := dir
			for _, form := range way {
				at, _ = converted(t, at, form, Options{})
			}
			is, err := train.OpenText(at)
			require.NoError(t, err)
			assert.Equal(t, was.Recipe, is.Recipe)
			assert.Equal(t, file(t, dir), file(t, at), "to the byte")
			changes, err := is.Changes()
			require.NoError(t, err)
			assert.Empty(t, changes)
			assert.Equal(t, written(t, was), written(t, is))
			assert.Equal(t, was.Evaluate(text), is.Evaluate(text))
		}
	}
}

func TestARecipeOfAnotherModelIsLeftBehind(t *testing.T) {
	t.Parallel()
	dir := trained(t, "llama:layers=1,width=16,heads=2,kv=1,context=16", "")
	folder, _ := converted(t, dir, HuggingFace, Options{})
	edited(t, folder, "rms_norm_eps", 0.5)
	back, r := converted(t, folder, Run, Options{})
	assert.Equal(t, []string{train.RecipeKey}, r.Left)
	m, err := train.OpenText(back)
	require.NoError(t, err)
	assert.InDelta(t, 0.5, m.Model.(*models.Llama).Config.Eps, 0)
	_, err = m.HeldOut()
	assert.ErrorContains(t, err, "was converted and has no recipe")
	assert.NotEmpty(t, written(t, m))
	_, err = train.Open(back)
	var text *train.TextError
	assert.ErrorAs(t, err, &text)
}

func TestModelsThatMultiplyTheirWeightsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(trained(t, "llama:layers=1,width=16,heads=2,kv=1,context=16", "mup(8)"))
	assert.ErrorContains(t, err, "init mup(8) has the model compute with a multiple of lm_head.weight")
	_, err = Open(trained(t, "charrnn:cell=gru,layers=1,width=16,context=16", ""))
	var other *OtherError
	require.ErrorAs(t, err, &other)
	assert.ErrorContains(t, err, "which no other program knows")
}

func TestAFolderIsReplacedWhenNothingElseWouldBeLost(t *testing.T) {
	t.Parallel()
	m, err := Open(trained(t, "llama:layers=1,width=16,heads=2,kv=1,context=16", ""))
	require.NoError(t, err)
	defer m.Close()
	out := filepath.Join(t.TempDir(), "out")
	write := func(o Options) error {
		_, err := m.Write(t.Context(), out, HuggingFace, o)
		return err
	}
	require.NoError(t, write(Options{}))
	require.ErrorIs(t, write(Options{}), os.ErrExist)
	require.NoError(t, write(Options{Replace: true, DType: dtype.BF16}))
	f, err := safetensors.Open(filepath.Join(out, train.WeightsFile))
	require.NoError(t, err)
	assert.Equal(t, dtype.BF16, f.Tensors()[0].DType)
	require.NoError(t, f.Close())
	require.NoError(t, os.WriteFile(filepath.Join(out, "mine.txt"), nil, 0o666))
	require.ErrorContains(t, write(Options{Replace: true}), `"mine.txt" in it, which would be lost`)
	require.NoError(t, os.RemoveAll(out))
	require.NoError(t, os.WriteFile(out, nil, 0o666))
	require.ErrorContains(t, write(Options{Replace: true}), "is no folder")
	entries, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}
