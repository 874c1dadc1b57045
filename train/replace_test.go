package train

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moment is a training of some milliseconds.
func moment(seed uint64) Config {
	c := Default("xor")
	c.Epochs, c.Seed = 2, seed
	return c
}

// watcher looks at a run after its first batch, and may end it.
type watcher struct {
	silent
	look func()
	seen bool
}

func (w *watcher) Batch(int, float64) {
	if !w.seen {
		w.seen = true
		w.look()
	}
}

// ran trains to the end in a folder.
func ran(t *testing.T, dir string, c Config, o Options) *Result {
	t.Helper()
	o.Out = dir
	r, err := Run(t.Context(), c, o)
	require.NoError(t, err)
	return r
}

// interrupted trains up to the first batch.
func interrupted(t *testing.T, dir string, c Config, o Options) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.Out, o.Progress = dir, &watcher{look: cancel}
	_, err := Run(ctx, c, o)
	var stopped *InterruptedError
	require.ErrorAs(t, err, &stopped)
}

// filesIn returns what stands in a folder, but for its lock.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && !d.IsDir() && name != lockFile {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			all[name] = string(text)
		} else if d.IsDir() && path != dir {
			all[name] = "a folder"
		}
		return err
	}))
	return all
}

func TestReplacedRunStaysWholeUntilTheNewOneHasACheckpoint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := ran(t, dir, moment(1), Options{})
	before := filesIn(t, dir)
	look := &watcher{look: func() {
		now := filesIn(t, dir)
		for name, text := range before {
			assert.Equal(t, text, now[name], name)
		}
		m, err := Open(dir)
		require.NoError(t, err)
		assert.Equal(t, old.Recipe, m.Recipe, "the old run can be used")
	}}
	r := ran(t, dir, moment(2), Options{Replace: true, Progress: look})
	require.True(t, look.seen)
	alone := t.TempDir()
	assert.Equal(t, ran(t, alone, moment(2), Options{}).Recipe, r.Recipe)
	assert.Equal(t, namesIn(filesIn(t, alone)), namesIn(filesIn(t, dir)), "nothing of the old run is left")
	m, err := Open(dir)
	require.NoError(t, err)
	assert.Equal(t, r.Recipe, m.Recipe)
}

func namesIn(files map[string]string) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestRunThatBreaksBeforeItsFirstCheckpointLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	for name, makeOld := range map[string]func(dir string){
		"finished":   func(dir string) { ran(t, dir, moment(1), Options{Board: true}) },
		"unfinished": func(dir string) { interrupted(t, dir, moment(1), Options{}) },
	} {
		dir := t.TempDir()
		makeOld(dir)
		before := filesIn(t, dir)
		c := moment(2)
		c.LR, c.Optimizer, c.Activation = 1e25, "sgd", "relu"
		_, err := Run(t.Context(), c, Options{Out: dir, Replace: true, Board: true})
		var broken *BrokenError
		require.ErrorAs(t, err, &broken, name)
		assert.Equal(t, before, filesIn(t, dir), name)
	}
}

func TestInterruptedReplacementIsTheNewRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ran(t, dir, moment(1), Options{})
	interrupted(t, dir, moment(2), Options{Replace: true})
	assert.Equal(t, []string{CheckpointFile, ConfigFile, MetricsFile}, namesIn(filesIn(t, dir)))
	r, err := Resume(t.Context(), dir, Options{})
	require.NoError(t, err)
	assert.Equal(t, ran(t, "", moment(2), Options{}).Recipe, r.Recipe)
}

// A killed process leaves what it did so far. These are all the states that a replacement goes through.
func TestReplacementKilledAtAnyMomentLeavesOneOfBothWhole(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	interrupted(t, fresh, moment(2), Options{})
	want := ran(t, "", moment(2), Options{}).Recipe
	for name, makeOld := range map[string]func(dir string){
		"finished":   func(dir string) { ran(t, dir, moment(1), Options{}) },
		"unfinished": func(dir string) { interrupted(t, dir, moment(1), Options{}) },
	} {
		old := t.TempDir()
		makeOld(old)
		before := filesIn(t, old)

		for _, files := range [][]string{nil, {ConfigFile}, {ConfigFile, MetricsFile, CheckpointFile}} {
			dir := copied(t, old)
			put(t, fresh, filepath.Join(dir, asideFolder), files...)
			_, err := Resume(t.Context(), copied(t, dir), Options{})
			if name == "finished" {
				var finished *FinishedError
				require.ErrorAs(t, err, &finished)
			} else {
				require.NoError(t, err)
			}
			f, err := openFolder(dir)
			require.NoError(t, err)
			f.close()
			assert.Equal(t, before, filesIn(t, dir), "%s: the new run had %v", name, files)
		}

		dir := copied(t, old)
		put(t, fresh, filepath.Join(dir, readyFolder), CheckpointFile, ConfigFile, MetricsFile)
		for step := -1; step <= len(runFiles); step++ { // one for each file, and one for the folder
			if step >= 0 {
				takeStep(t, dir, step)
			}
			killed := copied(t, dir)
			if _, err := Open(killed); err != nil && name == "finished" {
				assert.ErrorContains(t, err, "unfinished run", "%d steps", step+1)
			}
			r, err := Resume(t.Context(), killed, Options{})
			require.NoError(t, err, "%s: %d steps", name, step+1)
			assert.Equal(t, want, r.Recipe)
			assert.NotContains(t, namesIn(filesIn(t, killed)), readyFolder)
		}
	}
}

// takeStep does one of the steps of takePlace.
func takeStep(t *testing.T, dir string, step int) {
	moved := []string{CheckpointFile, ConfigFile, MetricsFile}
	removed := []string{WeightsFile, PlotFile, TokenizerFile}
	switch {
	case step < len(moved):
		require.NoError(t, os.Rename(filepath.Join(dir, readyFolder, moved[step]), filepath.Join(dir, moved[step])))
	case step < len(moved)+len(removed):
		if err := os.Remove(filepath.Join(dir, removed[step-len(moved)])); err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
	default:
		require.NoError(t, os.RemoveAll(filepath.Join(dir, readyFolder)))
	}
}

// copied copies a folder.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// put copies some files of a folder to a new one.
func put(t *testing.T, from, to string, names ...string) {
	t.Helper()
	require.NoError(t, os.Mkdir(to, 0o777))
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, name), text, 0o666))
	}
}
