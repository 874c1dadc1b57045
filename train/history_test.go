package train_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// without returns rows as metrics.csv has them: without numbers of samples, with times to the millisecond.
func without(rows []train.Epoch) []train.Epoch {
	for i := range rows {
		rows[i].Train.Samples, rows[i].Validation.Samples = 0, 0
		rows[i].Elapsed = rows[i].Elapsed.Round(1e6)
	}
	return rows
}

func TestHistoryIsWhatTheRunReturned(t *testing.T) {
	t.Parallel()
	c := quick()
	dir := filepath.Join(t.TempDir(), "run")
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	h, err := train.ReadHistory(dir)
	require.NoError(t, err)
	assert.Equal(t, &train.History{Dir: dir, Config: c, Epochs: without(r.Epochs), Recipe: &r.Recipe}, h)
	last, ok := h.Last()
	assert.True(t, ok)
	assert.Equal(t, 3, last.Epoch)
}

func TestKeptEpochIsTheBestWithPatienceAndElseTheLast(t *testing.T) {
	t.Parallel()
	for _, patience := range []int{0, 3} {
		c := train.Default("moons")
		c.Epochs, c.LR, c.Schedule, c.Patience = 15, 0.1, "constant", patience
		dir := t.TempDir()
		r, err := train.Run(context.Background(), c, train.Options{Out: dir})
		require.NoError(t, err)
		h, err := train.ReadHistory(dir)
		require.NoError(t, err)
		kept, ok := h.Kept()
		assert.True(t, ok)
		assert.Equal(t, r.Best, kept.Epoch)
		best, ok := h.Best()
		assert.True(t, ok)
		if patience > 0 {
			assert.Equal(t, kept, best)
		}
		for _, e := range h.Epochs {
			assert.GreaterOrEqual(t, e.Validation.Loss, best.Validation.Loss)
		}
	}
}

func TestHistoryOfAStoppedRunHasWhatWasDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Error(t, stopped(t, quick(), dir, 30)) // an epoch has 23 batches
	h, err := train.ReadHistory(dir)
	require.NoError(t, err)
	assert.Nil(t, h.Recipe)
	assert.Len(t, h.Epochs, 1)

	require.NoError(t, os.Remove(filepath.Join(dir, train.MetricsFile))) // killed before its first epoch
	h, err = train.ReadHistory(dir)
	require.NoError(t, err)
	_, ok := h.Kept()
	assert.False(t, ok)
	_, ok = h.Best()
	assert.False(t, ok)
}

func TestWithoutValidationNoEpochIsTheBest(t *testing.T) {
	t.Parallel()
	c := quick()
	c.Validation = 0
	dir := t.TempDir()
	_, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	h, err := train.ReadHistory(dir)
	require.NoError(t, err)
	_, ok := h.Best()
	assert.False(t, ok)
	kept, ok := h.Kept()
	assert.True(t, ok)
	assert.Equal(t, 3, kept.Epoch)
}

func TestHistoryRefusesWhatIsNotOneRunByFile(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	_, err := train.Run(context.Background(), quick(), train.Options{Out: whole})
	require.NoError(t, err)
	edit := func(name string, change func(text string) string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			before := contents(t, path)
			after := change(string(before))
			require.NotEqual(t, string(before), after)
			require.NoError(t, os.WriteFile(path, []byte(after), 0o666))
		}
	}
	remove := func(name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(filepath.Join(dir, name))) }
	}
	lines := func(keep int) func(text string) string {
		return func(text string) string { return strings.Join(strings.SplitAfter(text, "\n")[:keep], "") }
	}
	for want, spoil := range map[string]func(t *testing.T, dir string){
		"is no run: it has no config.json":                               remove(train.ConfigFile),
		"metrics.csv":                                                    remove(train.MetricsFile),
		"config.json: not a configuration":                               edit(train.ConfigFile, lines(4)),
		"metrics.csv: the last line has no end: truncated":               edit(train.MetricsFile, func(s string) string { return s[:len(s)-2] }),
		"metrics.csv ends at step 46, but the weights had 69: truncated": edit(train.MetricsFile, lines(3)),
		"metrics.csv ends at step 0, but the weights had 69":             edit(train.MetricsFile, lines(1)),
		"metrics.csv has 4 epochs, but the run has 3": edit(train.MetricsFile, func(s string) string {
			return s + "4,92,0,0,0,0,0,0,9\n"
		}),
		"do not agree on whether a part is held out": edit(train.ConfigFile, func(s string) string {
			return strings.Replace(s, `"validation": 0.1`, `"validation": 0`, 1)
		}),
		"is not what the weights were trained with: lr, seed differs": edit(train.ConfigFile, func(s string) string {
			return strings.NewReplacer(`"lr": 0.01`, `"lr": 0.5`, `"seed": 1`, `"seed": 2`).Replace(s)
		}),
		"model.safetensors": edit(train.WeightsFile, func(s string) string { return s[:len(s)/2] }),
		"not readable":      edit(train.WeightsFile, func(s string) string { return strings.Replace(s, `{\"config\"`, `[\"config\"`, 1) }),
		"has no recipe":     edit(train.WeightsFile, func(s string) string { return strings.Replace(s, `heft.recipe`, `hefty.recip`, 1) }),
	} {
		dir := filepath.Join(t.TempDir(), "run")
		require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
		spoil(t, dir)
		_, err := train.ReadHistory(dir)
		if assert.ErrorContains(t, err, want) {
			assert.Contains(t, err.Error(), dir)
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

func TestHistoryOfNothingIsAMissingFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nowhere")
	_, err := train.ReadHistory(dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, dir)
}

func TestReadingAHistoryChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Error(t, stopped(t, quick(), dir, 30))
	before := names(t, dir)
	checkpoint := contents(t, filepath.Join(dir, train.CheckpointFile))
	_, err := train.ReadHistory(dir)
	require.NoError(t, err)
	assert.Equal(t, before, names(t, dir))
	assert.True(t, bytes.Equal(checkpoint, contents(t, filepath.Join(dir, train.CheckpointFile))))
}
