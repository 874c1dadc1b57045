package train_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/train"
)

// rays returns the name of a text as data set: a few lines, again and again.
func rays(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rays.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("The Rays of Light are straight.\nSo they pass — and bend.\n", 60)), 0o666))
	return "text:" + path
}

// smallTexts returns runs that take moments, one of each model of text, on characters and on byte pairs. The last round
// of each is shorter than the others.
func smallTexts(t *testing.T) map[string]train.Config {
	name := rays(t)
	all := map[string]train.Config{}
	for _, model := range []string{
		"gpt:layers=2,width=16,heads=2,context=12", "llama:layers=2,width=16,heads=4,kv=2,context=12",
		"charrnn:cell=lstm,layers=2,width=16,context=12", "charrnn:cell=gru,layers=1,width=16,context=12",
	} {
		c := train.DefaultFor(name, model)
		c.Steps, c.EvalEvery, c.Batch, c.Dropout, c.LR = 14, 6, 3, 0.1, 0.01
		all[model] = c
	}
	c := all["gpt:layers=2,width=16,heads=2,context=12"]
	c.Tokenizer, c.EMA = "bpe:260", 0.9
	all["gpt on byte pairs"] = c
	return all
}

// It is not parallel: it changes GOMAXPROCS.
func TestTextModelsGiveTheSameBitsOnAnyNumberOfProcessors(t *testing.T) {
	requireSameBitsOnAnyNumberOfProcessors(t, smallTexts(t))
}

func TestTextModelsStoppedAnywhereGoOnToTheSameBits(t *testing.T) {
	t.Parallel()
	for model, c := range smallTexts(t) {
		whole, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err, model)
		require.Len(t, whole.Epochs, 3)
		assert.Equal(t, 14, whole.Epochs[2].Step)
		assert.Equal(t, 2*3*12, whole.Epochs[2].Train.Samples, "%s: the last round has two steps", model)
		for _, after := range []int{2, 6, 13} {
			dir := filepath.Join(t.TempDir(), "run")
			var interrupted *train.InterruptedError
			require.ErrorAs(t, stopped(t, c, dir, after), &interrupted, "%s after %d", model, after)
			r, err := train.Resume(context.Background(), dir, train.Options{})
			require.NoError(t, err, model)
			assert.Equal(t, whole.Recipe, r.Recipe, "%s after %d", model, after)
			rep, err := train.Reproduce(context.Background(), dir, train.Options{})
			require.NoError(t, err, model)
			assert.Nil(t, rep.First, model)
			assert.Empty(t, rep.Causes, model)
		}
	}
}

func TestTextModelsLearnAndScoreTheSameFromTheirFile(t *testing.T) {
	t.Parallel()
	for model, c := range smallTexts(t) {
		c.Steps, c.EvalEvery, c.Batch, c.Dropout, c.EMA = 120, 60, 8, 0, 0
		dir := filepath.Join(t.TempDir(), "run")
		r, err := train.Run(context.Background(), c, train.Options{Out: dir})
		require.NoError(t, err, model)
		assert.Less(t, r.Test.Loss, 0.8*math.Log(float64(r.Text.Tokenizer.Len())), "%s: better than a guess", model)
		assert.Equal(t, r.Test, r.Epochs[1].Validation, model)
		assert.Equal(t, r.Text.Validation.Predicted(), r.Test.Samples, model)
		h, err := train.ReadHistory(dir)
		require.NoError(t, err, model)
		assert.Len(t, h.Epochs, 2, model)
		m, err := train.OpenText(filepath.Join(dir, train.WeightsFile))
		require.NoError(t, err, model)
		text, err := m.HeldOut()
		require.NoError(t, err, model)
		assert.Equal(t, r.Test, m.Evaluate(text), model)
		_, err = train.Open(dir)
		var ofText *train.TextError
		require.ErrorAs(t, err, &ofText, model)
		assert.FileExists(t, filepath.Join(dir, train.TokenizerFile))
	}
}

func TestScoreOfATextIsTheSameInWindowsOfAnySizeOfBatch(t *testing.T) {
	t.Parallel()
	c := smallTexts(t)["charrnn:cell=gru,layers=1,width=16,context=12"]
	r, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	var sum float64
	var n int
	for b := range r.Text.Validation.Windows(1, 12) {
		one := *r.Text.Validation
		one.IDs = append(append([]int32(nil), b.IDs.Data...), b.Y.Data[len(b.Y.Data)-1])
		s := train.EvaluateText(r.Store, r.Language, &one, 12)
		sum += s.Loss * float64(s.Samples)
		n += s.Samples
	}
	assert.Equal(t, r.Test.Samples, n)
	assert.InEpsilon(t, sum/float64(n), r.Test.Loss, 1e-5)
}

func TestGenerateWritesWhatTheLibraryDoes(t *testing.T) {
	t.Parallel()
	for model, c := range smallTexts(t) {
		dir := filepath.Join(t.TempDir(), "run")
		r, err := train.Run(context.Background(), c, train.Options{Out: dir})
		require.NoError(t, err, model)
		m, err := train.OpenText(dir)
		require.NoError(t, err, model)
		how := models.Sampling{Temperature: 1, TopK: 20, TopP: 0.95, Seed: 3}
		prompt, err := r.Text.Tokenizer.Encode("The Rays")
		require.NoError(t, err)
		want, err := models.Generate(context.Background(), r.Store, r.Language, prompt, 40, how)
		require.NoError(t, err)
		var ids []int32
		for id := range want {
			ids = append(ids, id)
		}
		var got []byte
		tokens, err := m.Generate(context.Background(), "The Rays", 40, how)
		require.NoError(t, err)
		for token := range tokens {
			got = append(got, token...)
		}
		assert.Equal(t, string(r.Text.Tokenizer.Decode(ids)), string(got), model)
		_, err = m.Generate(context.Background(), "", 40, how)
		assert.ErrorContains(t, err, "prompt is empty")
	}
}

// listener keeps what is written while a model is trained.
type listener struct{ samples []string }

func (l *listener) Start(train.Work)      {}
func (l *listener) Batch(int, float64)    {}
func (l *listener) Epoch(row train.Epoch) { l.samples = append(l.samples, row.Sample) }
func (l *listener) Stop()                 {}

func TestProgressHearsWhatTheModelWrites(t *testing.T) {
	t.Parallel()
	for model, c := range smallTexts(t) {
		var l listener
		r, err := train.Run(context.Background(), c, train.Options{Progress: &l})
		require.NoError(t, err, model)
		require.Len(t, l.samples, 3, model)
		for _, s := range l.samples {
			start := string(r.Text.Tokenizer.Decode(r.Text.Validation.IDs[:8]))
			assert.True(t, strings.HasPrefix(s, strings.ToValidUTF8(start, "\uFFFD")), "%s: %q", model, s)
		}
		quiet, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err, model)
		assert.Equal(t, quiet.Recipe, r.Recipe, "%s: who listens changes nothing", model)
	}
}

func TestTextsSayWhatDoesNotSuitThem(t *testing.T) {
	t.Parallel()
	good := smallTexts(t)["gpt:layers=2,width=16,heads=2,context=12"]
	for want, spoil := range map[string]func(c *train.Config){
		`no model of text is called "mlp:3"`:       func(c *train.Config) { c.Model = "mlp:3" },
		`gpt has no size "depth"`:                  func(c *train.Config) { c.Model = "gpt:depth=3" },
		`gpt has no size "kv"`:                     func(c *train.Config) { c.Model = "gpt:kv=3" },
		`gpt has no size "cell"`:                   func(c *train.Config) { c.Model = "gpt:cell=rnn" },
		`width is "0"`:                             func(c *train.Config) { c.Model = "gpt:width=0" },
		`layers is "x"`:                            func(c *train.Config) { c.Model = "gpt:layers=x" },
		`it must divide n_embd, which is 16`:       func(c *train.Config) { c.Model = "gpt:width=16,heads=3" },
		`it must divide num_attention_heads`:       func(c *train.Config) { c.Model = "llama:kv=3" },
		`it must be rnn, lstm or gru`:              func(c *train.Config) { c.Model = "charrnn:cell=cnn" },
		`parameters`:                               func(c *train.Config) { c.Model = "gpt:layers=65536,width=65536" },
		`but a context of 500 needs 501`:           func(c *train.Config) { c.Model = "gpt:context=500" },
		`activation is "relu"`:                     func(c *train.Config) { c.Activation = "relu" },
		`augment is "flip"`:                        func(c *train.Config) { c.Augment = "flip" },
		`leave it at 0 and use steps`:              func(c *train.Config) { c.Epochs = 3 },
		`steps is 0`:                               func(c *train.Config) { c.Steps = 0 },
		`eval_every is 0`:                          func(c *train.Config) { c.EvalEvery = 0 },
		`steps is 9223372036854775807`:             func(c *train.Config) { c.Steps = math.MaxInt },
		`batch is 1073741824 windows of 12 tokens`: func(c *train.Config) { c.Batch = 1 << 30 },
		`no tokenizer is called "words"`:           func(c *train.Config) { c.Tokenizer = "words" },
		`validation is 0, but a text is scored on`: func(c *train.Config) { c.Validation = 0 },
		`nothing.txt`:                              func(c *train.Config) { c.Spec.Name = "text:nothing.txt" },
	} {
		c := good
		spoil(&c)
		_, err := train.Run(context.Background(), c, train.Options{})
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	_, err := train.Overfit(context.Background(), good, train.Options{})
	assert.ErrorContains(t, err, "cannot be learned by heart")
}

func TestSettingsOfATextAreLeftOutOfOtherConfigurations(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(train.Default("digits"))
	require.NoError(t, err)
	for _, key := range []string{"steps", "eval_every", "beta2", "tokenizer"} {
		assert.NotContains(t, string(text), `"`+key+`"`, "recipes of before keep their seals")
	}
	c := train.Default("text")
	assert.NoError(t, c.Check())
	for steps, rounds := range map[int]int{1: 1, 250: 1, 251: 2, 2000: 8} {
		c.Steps = steps
		assert.Equal(t, rounds, c.Rounds(), "%d steps", steps)
	}
	assert.Equal(t, 30, train.Default("digits").Rounds())
}

func TestModelOfATextRefusesAnotherTextAndAnotherKindOfRun(t *testing.T) {
	t.Parallel()
	c := smallTexts(t)["charrnn:cell=gru,layers=1,width=16,context=12"]
	dir := filepath.Join(t.TempDir(), "run")
	_, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	path := strings.TrimPrefix(c.Spec.Name, "text:")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("The sun, the moon.\n", 60)), 0o666))
	m, err := train.OpenText(dir)
	require.NoError(t, err)
	_, err = m.HeldOut()
	assert.ErrorContains(t, err, "is not the text that")
	other := filepath.Join(t.TempDir(), "run")
	_, err = train.Run(context.Background(), quick(), train.Options{Out: other})
	require.NoError(t, err)
	_, err = train.OpenText(other)
	assert.ErrorContains(t, err, "is no text")
}
