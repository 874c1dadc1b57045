package tune

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/train"
)

// breaking has settings that learn and one that breaks, with two seeds: eight trials.
func breaking() Space { return grid(2, "lr=0.01,1e25", "model=mlp:4;mlp:4,4") }

// assertSameSearch compares what two searches left, but for times and locks.
func assertSameSearch(t *testing.T, p *Plan, a, b string) {
	t.Helper()
	for _, name := range []string{PlanFile, ResultsFile} {
		assert.Equal(t, contents(t, a, name), contents(t, b, name))
	}
	for _, trial := range p.Trials() {
		for _, name := range []string{train.ConfigFile, train.WeightsFile, FailedFile} {
			x, errX := os.ReadFile(filepath.Join(a, trial.Name, name))
			y, errY := os.ReadFile(filepath.Join(b, trial.Name, name))
			assert.Equal(t, errors.Is(errX, os.ErrNotExist), errors.Is(errY, os.ErrNotExist), "%s/%s", trial.Name, name)
			assert.True(t, string(x) == string(y), "%s/%s", trial.Name, name)
		}
	}
}

func TestSearchLeavesPlanTrialsAndResults(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "search")
	p := planned(t, quick(), breaking())
	r := searched(t, dir, p, Options{})
	done, failed := r.Count()
	assert.Equal(t, 8, done)
	assert.Equal(t, 4, failed)
	assert.True(t, r.Complete())
	require.NotNil(t, r.Best())
	assert.Contains(t, []int{1, 2}, r.Best().Setting)
	stands, err := Load(dir, set)
	require.NoError(t, err)
	assert.Equal(t, p.Trials(), stands.Trials())
	assert.Contains(t, contents(t, dir, "trial-0005", FailedFile), "training broke")
	assert.NoFileExists(t, filepath.Join(dir, "trial-0005", train.WeightsFile))
	rows := strings.Split(strings.TrimSpace(contents(t, dir, ResultsFile)), "\n")
	require.Len(t, rows, 9)
	assert.True(t, strings.HasPrefix(rows[1], "1,trial-000"), rows[1])
	assert.True(t, strings.HasPrefix(rows[8], ",trial-0008,1e25,\"mlp:4,4\",2,failed,"), rows[8])
}

func TestTrialIsTheTrainingOfItsConfiguration(t *testing.T) {
	t.Parallel()
	dir, alone := t.TempDir(), t.TempDir()
	p := planned(t, quick(), grid(2, "lr=0.03"))
	r := searched(t, dir, p, Options{})
	result, err := train.Run(context.Background(), p.Trials()[1].Config, train.Options{Out: alone})
	require.NoError(t, err)
	assert.True(t, contents(t, dir, "trial-0002", train.WeightsFile) == contents(t, alone, train.WeightsFile))
	assert.Equal(t, result.Epochs[1].Validation.Loss, r.Trials[1].Kept.Validation.Loss)
	assert.Equal(t, result.Test, r.Trials[1].test)
}

func TestShardsJobsAndInterruptionsChangeNothing(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), breaking())
	whole := t.TempDir()
	searched(t, whole, p, Options{})

	t.Run("shards", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		r := searched(t, dir, p, Options{Shard: Shard{2, 2}})
		done, _ := r.Count()
		assert.Equal(t, 4, done)
		assert.Nil(t, r.Best())
		r = searched(t, dir, p, Options{Shard: Shard{1, 2}})
		assert.NotNil(t, r.Best())
		assertSameSearch(t, p, whole, dir)
	})
	t.Run("shards at once", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		errs := make(chan error)
		for i := range 3 {
			go func() {
				_, err := Run(context.Background(), dir, p, Options{Shard: Shard{i + 1, 3}})
				errs <- err
			}()
		}
		for range 3 {
			require.NoError(t, <-errs)
		}
		assertSameSearch(t, p, whole, dir)
	})
	t.Run("jobs", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		searched(t, dir, p, Options{Jobs: 5})
		assertSameSearch(t, p, whole, dir)
	})
	t.Run("interruptions", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		stops := 0
		for ; ; stops++ {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(stops+1)*4*time.Millisecond)
			_, err := Run(ctx, dir, p, Options{Jobs: 1 + stops%3})
			cancel()
			if err == nil {
				break
			}
			var interrupted *InterruptedError
			require.ErrorAs(t, err, &interrupted)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, 8, interrupted.Total)
		}
		assert.Greater(t, stops, 2)
		assertSameSearch(t, p, whole, dir)
	})
}

// hook runs a function after each trial.
type hook struct {
	silent
	after func(o Outcome)
}

func (h hook) Trial(o Outcome) { h.after(o) }

func TestInterruptedSearchSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := planned(t, quick(), Space{Seeds: 6})
	_, err := Run(ctx, dir, p, Options{Shard: Shard{1, 2}, Progress: hook{after: func(o Outcome) {
		if o.Number == 3 {
			cancel()
		}
	}}})
	assert.EqualError(t, err, "interrupted with 2 of 6 trials done; go on with: heft tune --resume "+dir+" --shard 1/2")
	assert.Len(t, strings.Split(strings.TrimSpace(contents(t, dir, ResultsFile)), "\n"), 3)
}

func TestSameSearchAgainOnlyReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := planned(t, quick(), breaking())
	a := searched(t, dir, p, Options{})
	before := contents(t, dir, ResultsFile)
	b := searched(t, dir, planned(t, quick(), breaking()), Options{Progress: hook{after: func(o Outcome) { t.Errorf("%s again", o.Name) }}})
	assert.Equal(t, a.Ranked, b.Ranked)
	assert.Equal(t, before, contents(t, dir, ResultsFile))
}

func TestAnotherSearchInTheFolderIsRefusedByWhatDiffers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	searched(t, dir, planned(t, quick(), grid(1, "lr=0.1")), Options{})
	before := contents(t, dir, PlanFile)
	other := quick()
	other.Epochs = 9
	for want, p := range map[string]*Plan{
		`epochs is "2" there, but "9" here`:                           planned(t, other, grid(1, "lr=0.1")),
		`the grid is [lr=["0.1"]] there, but [lr=["0.1" "0.2"]] here`: planned(t, quick(), grid(1, "lr=0.1,0.2")),
		"the number of seeds is 1 there, but 2 here":                  planned(t, quick(), grid(2, "lr=0.1")),
	} {
		_, err := Run(context.Background(), dir, p, Options{})
		if assert.ErrorContains(t, err, want) {
			assert.ErrorContains(t, err, dir)
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	assert.Equal(t, before, contents(t, dir, PlanFile))
}

func TestFolderOfSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := train.Run(context.Background(), quick(), train.Options{Out: dir})
	require.NoError(t, err)
	_, err = Run(context.Background(), dir, planned(t, quick(), Space{Seeds: 2}), Options{})
	assert.EqualError(t, err, dir+` holds no search, but "config.json": choose another --out`)
	assert.NoFileExists(t, filepath.Join(dir, PlanFile))
}

func TestDataThatCannotBeReadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	c := train.Default("csv:nowhere.csv")
	c.Target = "price"
	dir := filepath.Join(t.TempDir(), "search")
	_, err := Run(context.Background(), dir, planned(t, c, Space{Seeds: 2}), Options{})
	assert.ErrorContains(t, err, "nowhere.csv")
	assert.NoDirExists(t, dir)
}

func TestTrialThatAnotherProcessTrainsIsLeftToIt(t *testing.T) {
	t.Parallel()
	needsLocks(t)
	dir := t.TempDir()
	p := planned(t, quick(), Space{Seeds: 2})
	searched(t, dir, p, Options{Shard: Shard{2, 2}})
	_, err := train.Run(context.Background(), p.Trials()[0].Config, train.Options{Out: filepath.Join(dir, "trial-0001"), Progress: during{do: func() {
		r := searched(t, dir, p, Options{})
		assert.Equal(t, 1, r.Busy)
		assert.False(t, r.Complete())
		assert.Contains(t, textOf(t, r, 120), "1 of 2 trials done; other processes are training 1\n")
	}}})
	require.NoError(t, err)
	r := searched(t, dir, p, Options{})
	assert.Zero(t, r.Busy)
	assert.True(t, r.Complete())
}

func TestTrialsFolderThatIsNotOfThePlanStopsTheSearch(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(t *testing.T, trial string){
		"is not the trial of the plan: lr, seed differs": func(t *testing.T, trial string) {
			c := quick()
			c.LR, c.Seed = 0.5, 7
			_, err := train.Run(context.Background(), c, train.Options{Out: trial, Replace: true})
			require.NoError(t, err)
		},
		"failed.json: not the reason": func(t *testing.T, trial string) {
			require.NoError(t, os.WriteFile(filepath.Join(trial, FailedFile), []byte("{}"), 0o666))
		},
		"metrics.csv": func(t *testing.T, trial string) {
			require.NoError(t, os.Truncate(filepath.Join(trial, train.MetricsFile), 90))
		},
		"config.json: not a configuration": func(t *testing.T, trial string) {
			require.NoError(t, os.Remove(filepath.Join(trial, train.WeightsFile)))
			require.NoError(t, os.Truncate(filepath.Join(trial, train.ConfigFile), 50))
		},
	} {
		dir := t.TempDir()
		p := planned(t, quick(), Space{Seeds: 2})
		searched(t, dir, p, Options{})
		spoil(t, filepath.Join(dir, "trial-0001"))
		_, err := Run(context.Background(), dir, p, Options{})
		if assert.ErrorContains(t, err, want) {
			assert.ErrorContains(t, err, "trial-0001")
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

func TestWeightsThatOverflowFailForTheSameReasonEverywhere(t *testing.T) {
	t.Parallel()
	c := quick()
	c.LR, c.SaveDType = 1e-9, dtype.F16
	p := planned(t, c, grid(1, "init=constant(70000),xavier-uniform"))
	a, b := t.TempDir(), t.TempDir()
	r := searched(t, a, p, Options{})
	searched(t, b, p, Options{})
	assert.Equal(t, Failed, r.Trials[0].State)
	assert.Contains(t, r.Trials[0].Reason, `"0.weight"`)
	assertSameSearch(t, p, a, b)
}

func TestFailureOfTheMachineIsNotOneOfTheTrial(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := planned(t, quick(), Space{Seeds: 2})
	searched(t, dir, p, Options{Shard: Shard{2, 2}})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "trial-0001"), nil, 0o666)) // where a folder should be
	_, err := Run(context.Background(), dir, p, Options{})
	assert.ErrorContains(t, err, "trial-0001")
	require.NoError(t, os.Remove(filepath.Join(dir, "trial-0001")))
	assert.True(t, searched(t, dir, p, Options{}).Complete())
}

func TestWhatAKilledProcessLeftIsCleanedAway(t *testing.T) {
	t.Parallel()
	needsLocks(t)
	dir := t.TempDir()
	p := planned(t, quick(), Space{Seeds: 2})
	searched(t, dir, p, Options{Shard: Shard{1, 2}})
	left := filepath.Join(dir, ".results.csv.tmp-1234")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o666))
	searched(t, dir, p, Options{})
	assert.NoFileExists(t, left)
}

func TestTrialsOnDifferentDataAreNotRankedTogether(t *testing.T) {
	t.Parallel()
	table := filepath.Join(t.TempDir(), "t.csv")
	write := func(last string) {
		rows := "x,c\n" + strings.Repeat("1,a\n2,b\n3,a\n4,b\n", 10) + last
		require.NoError(t, os.WriteFile(table, []byte(rows), 0o666))
	}
	c := train.Default("csv:" + table)
	c.Spec.Target, c.Epochs, c.Model = "c", 1, "mlp:2"
	p, dir := planned(t, c, grid(1, "lr=0.001,0.01")), t.TempDir()
	write("5,a\n")
	searched(t, dir, p, Options{Shard: Shard{1, 2}})
	write("6,b\n7,a\n")
	_, err := Run(context.Background(), dir, p, Options{Shard: Shard{2, 2}})
	require.ErrorContains(t, err, "trial-0001 and trial-0002 were trained on different data")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "trial-0001")))
	assert.True(t, searched(t, dir, p, Options{}).Complete())
}
