package train_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train"
)

// stopper cancels after so many batches.
type stopper struct {
	cancel  func()
	after   int
	batches int
}

func (s *stopper) Start(train.Work) {}
func (s *stopper) Batch(int, float64) {
	if s.batches++; s.batches == s.after {
		s.cancel()
	}
}
func (s *stopper) Epoch(train.Epoch) {}
func (s *stopper) Stop()             {}

// stopped runs until so many batches are done.
func stopped(t *testing.T, c train.Config, dir string, after int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err := train.Run(ctx, c, train.Options{Out: dir, Progress: &stopper{cancel: cancel, after: after}})
	return err
}

// everything is a configuration in which all state matters: dropout, momentum, schedule, patience.
func everything(optimizer string) train.Config {
	c := train.Default("moons")
	c.Epochs, c.Dropout, c.Optimizer, c.Schedule, c.Patience = 4, 0.2, optimizer, "warmup+cosine", 2
	if optimizer == "sgd" || optimizer == "rmsprop" || optimizer == "muon" {
		c.Momentum = 0.9
	}
	return c
}

func TestResumedRunEndsBitEqualToOneNeverStopped(t *testing.T) {
	t.Parallel()
	for _, optimizer := range optim.OptimizerNames() {
		t.Run(optimizer, func(t *testing.T) {
			t.Parallel()
			c := everything(optimizer)
			whole := t.TempDir()
			_, err := train.Run(context.Background(), c, train.Options{Out: whole})
			require.NoError(t, err)
			for _, after := range []int{1, 22, 23, 24, 50, 91} { // an epoch has 23 batches
				dir := t.TempDir()
				err := stopped(t, c, dir, after)
				var interrupted *train.InterruptedError
				require.ErrorAs(t, err, &interrupted)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, dir, interrupted.Dir)
				assert.NotContains(t, names(t, dir), train.WeightsFile)
				_, err = train.Resume(context.Background(), dir, train.Options{})
				require.NoError(t, err)
				assertSameRun(t, whole, dir)
			}
		})
	}
}

// assertSameRun compares the files of two runs, all but the seconds of the metrics.
func assertSameRun(t *testing.T, a, b string) {
	t.Helper()
	assert.Equal(t, names(t, a), names(t, b))
	for _, name := range []string{train.WeightsFile, train.ConfigFile, train.PlotFile} {
		assert.True(t, string(contents(t, filepath.Join(a, name))) == string(contents(t, filepath.Join(b, name))), name)
	}
	assert.Equal(t, metrics(t, a), metrics(t, b))
}

// metrics reads metrics.csv without its last column.
func metrics(t *testing.T, dir string) (rows [][]string) {
	f, err := os.Open(filepath.Join(dir, train.MetricsFile))
	require.NoError(t, err)
	defer f.Close()
	rows, err = csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	for i, r := range rows {
		rows[i] = r[:len(r)-1]
	}
	return rows
}

func TestResumedAverageAndPlateauEndBitEqualToThoseNeverStopped(t *testing.T) {
	t.Parallel()
	for _, patience := range []int{0, 2} {
		c := everything("adamw")
		c.EMA, c.Schedule, c.Patience, c.Epochs = 0.95, "warmup(10)+plateau(0.5,0,0.3)", patience, 5
		whole := t.TempDir()
		r, err := train.Run(context.Background(), c, train.Options{Out: whole})
		require.NoError(t, err)
		require.Less(t, r.Epochs[len(r.Epochs)-1].LR, c.LR, "the rate fell")
		for _, after := range []int{1, 23, 50, 91} {
			dir := t.TempDir()
			require.ErrorIs(t, stopped(t, c, dir, after), context.Canceled)
			_, err := train.Resume(context.Background(), dir, train.Options{})
			require.NoError(t, err)
			assertSameRun(t, whole, dir)
		}
		rep, err := train.Reproduce(context.Background(), whole, train.Options{})
		require.NoError(t, err)
		assert.Nil(t, rep.First)
	}
}

func TestTheAverageIsWhatIsScoredAndSaved(t *testing.T) {
	t.Parallel()
	c := quick()
	plain, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	c.EMA = 0.9
	r, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	last, before := r.Epochs[len(r.Epochs)-1], plain.Epochs[len(plain.Epochs)-1]
	assert.Equal(t, last.Validation, train.Evaluate(r.Store, r.Model, r.Parts.Validation, 1))
	assert.Equal(t, before.Train, last.Train, "what is trained is the same")
	assert.NotEqual(t, before.Validation, last.Validation)
}

func TestRunStoppedManyTimesEndsTheSame(t *testing.T) {
	t.Parallel()
	c := everything("adamw")
	whole, dir := t.TempDir(), t.TempDir()
	_, err := train.Run(context.Background(), c, train.Options{Out: whole})
	require.NoError(t, err)
	require.Error(t, stopped(t, c, dir, 7))
	for stops := 0; ; stops++ {
		require.Less(t, stops, 20)
		ctx, cancel := context.WithCancel(context.Background())
		_, err := train.Resume(ctx, dir, train.Options{Progress: &stopper{cancel: cancel, after: 13}})
		cancel()
		if err == nil {
			break
		}
		require.ErrorIs(t, err, context.Canceled)
	}
	assertSameRun(t, whole, dir)
}

func TestFinishedRunHasNothingToResume(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := train.Run(context.Background(), quick(), train.Options{Out: dir})
	require.NoError(t, err)
	var finished *train.FinishedError
	_, err = train.Resume(context.Background(), dir, train.Options{})
	assert.ErrorAs(t, err, &finished)
}

func TestRunThatStandsInTheFolderIsNotReplacedUnasked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Error(t, stopped(t, quick(), dir, 5))
	var exists *train.RunExistsError
	_, err := train.Run(context.Background(), quick(), train.Options{Out: dir})
	require.ErrorAs(t, err, &exists)
	assert.True(t, exists.Unfinished)
	assert.ErrorContains(t, err, "--resume")
	_, err = train.Run(context.Background(), quick(), train.Options{Out: dir, Replace: true})
	require.NoError(t, err)
	_, err = train.Run(context.Background(), quick(), train.Options{Out: dir})
	require.ErrorAs(t, err, &exists)
	assert.False(t, exists.Unfinished)
}

func TestCheckpointOfAnotherRunIsRefusedByWhatDiffers(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(t *testing.T, dir string){
		"seed is 2, but was 1": func(t *testing.T, dir string) { rewrite(t, dir, `"seed": 1`, `"seed": 2`) },
		"lr is 0.5":            func(t *testing.T, dir string) { rewrite(t, dir, `"lr": 0.01`, `"lr": 0.5`) },
		"data_seed is 9":       func(t *testing.T, dir string) { rewrite(t, dir, `"data_seed": 1`, `"data_seed": 9`) },
		"model is mlp:5":       func(t *testing.T, dir string) { rewrite(t, dir, `mlp:32,32`, `mlp:5`) },
		"truncated": func(t *testing.T, dir string) {
			path := filepath.Join(dir, train.CheckpointFile)
			require.NoError(t, os.WriteFile(path, contents(t, path)[:2000], 0o666))
		},
		"not a checkpoint": func(t *testing.T, dir string) {
			whole := t.TempDir()
			_, err := train.Run(context.Background(), quick(), train.Options{Out: whole})
			require.NoError(t, err)
			require.NoError(t, os.Rename(filepath.Join(whole, train.WeightsFile), filepath.Join(dir, train.CheckpointFile)))
		},
	} {
		dir := t.TempDir()
		require.Error(t, stopped(t, quick(), dir, 30))
		spoil(t, dir)
		before := contents(t, filepath.Join(dir, train.CheckpointFile))
		_, err := train.Resume(context.Background(), dir, train.Options{})
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
		assert.Equal(t, before, contents(t, filepath.Join(dir, train.CheckpointFile)), "nothing is lost")
	}
}

func rewrite(t *testing.T, dir, old, new string) {
	path := filepath.Join(dir, train.ConfigFile)
	text := string(contents(t, path))
	require.Contains(t, text, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(text, old, new, 1)), 0o666))
}

func TestTwoProcessesDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := &intruder{t: t, dir: dir}
	_, err := train.Run(context.Background(), quick(), train.Options{Out: dir, Progress: other})
	require.NoError(t, err)
	assert.ErrorContains(t, other.err, "another process is training in")
}

// intruder tries to train in the same folder while the first epoch runs.
type intruder struct {
	stopper
	t   *testing.T
	dir string
	err error
}

func (i *intruder) Epoch(e train.Epoch) {
	if e.Epoch == 1 {
		_, i.err = train.Run(context.Background(), quick(), train.Options{Out: i.dir, Replace: true})
	}
}

func TestLeftoversOfKilledProcessesAreRemovedByTheNextRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Error(t, stopped(t, quick(), dir, 5))
	left := filepath.Join(dir, ".model.safetensors.tmp-1234")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o666))
	_, err := train.Resume(context.Background(), dir, train.Options{})
	require.NoError(t, err)
	assert.NoFileExists(t, left)
}

func TestPatienceStopsAndKeepsTheBestEpoch(t *testing.T) {
	t.Parallel()
	c := train.Default("moons")
	c.Epochs, c.LR, c.Schedule, c.Patience = 60, 0.1, "constant", 3
	r, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	require.Less(t, len(r.Epochs), 60)
	assert.Equal(t, len(r.Epochs)-3, r.Best)
	best := r.Epochs[r.Best-1].Validation
	assert.Equal(t, best, train.Evaluate(r.Store, r.Model, r.Parts.Validation, 1))
	for _, e := range r.Epochs {
		assert.GreaterOrEqual(t, e.Validation.Loss, best.Loss)
	}
}
