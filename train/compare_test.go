package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stoppedAfter makes the folder of a run that was stopped after some epochs, with these validation losses.
func stoppedAfter(t *testing.T, dir string, c Config, regression bool, losses ...float64) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o777))
	var epochs []Epoch
	for i, loss := range losses {
		s := Score{Loss: loss, Accuracy: 0.5 + float64(i)/16, Samples: 100}
		if regression {
			s = Score{Loss: loss, R2: 0.25 + float64(i)/16, MAE: 3, Samples: 100}
		}
		e := Epoch{Epoch: i + 1, Step: 10 * (i + 1), Train: s, Validation: s, Elapsed: time.Duration(i+1) * time.Second}
		e.Train.Loss += 1
		if c.Validation == 0 {
			e.Validation = Score{}
		}
		epochs = append(epochs, e)
	}
	for name, write := range map[string]func(w io.Writer) error{
		ConfigFile:  c.write,
		MetricsFile: func(w io.Writer) error { return writeMetrics(w, epochs, regression) },
	} {
		var b bytes.Buffer
		require.NoError(t, write(&b))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666))
	}
	return dir
}

// compareIn compares runs in a folder of their own and returns the table without the folder's name.
func compareIn(t *testing.T, root string, width int, names ...string) string {
	t.Helper()
	var dirs []string
	for _, name := range names {
		dirs = append(dirs, filepath.Join(root, name))
	}
	c, err := Compare(dirs...)
	require.NoError(t, err)
	for i := range c.Runs {
		c.Runs[i].Run = names[i]
	}
	var b strings.Builder
	require.NoError(t, c.WriteText(&b, width))
	return "\n" + b.String()
}

func TestComparisonShowsTheSettingsThatDifferAndWhatCameOfThem(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := Default("moons")
	b := a
	b.LR, b.Model, b.Epochs = 0.5, "mlp:5", 7
	stoppedAfter(t, filepath.Join(root, "a"), a, false, 0.5, 0.25, 0.375)
	stoppedAfter(t, filepath.Join(root, "b"), b, false, 1, 2)
	stoppedAfter(t, filepath.Join(root, "c"), b, false)
	const want = `
run  model      lr    epochs  best loss  accuracy  at  last loss  accuracy  finished  seconds
a    mlp:32,32  0.01   3/100     0.2500     56.2%   2     0.3750     62.5%  no            3.0
b    mlp:5      0.5      2/7     1.0000     50.0%   1     2.0000     56.2%  no            2.0
c    mlp:5      0.5      0/7                                                no            0.0
`
	assert.Equal(t, want, compareIn(t, root, 120, "a", "b", "c"))
	const narrow = `
run  model      lr    epochs  best loss  accuracy
a    mlp:32,32  0.01   3/100     0.2500     56.2%
b    mlp:5      0.5      2/7     1.0000     50.0%
`
	assert.Equal(t, narrow, compareIn(t, root, 55, "a", "b"))
	const paragraphs = `
a
  model      mlp:32,32
  lr         0.01
  epochs     3/100
  best loss  0.2500
  accuracy   56.2%
  at         2
  last loss  0.3750
  accuracy   62.5%
  finished   no
  seconds    3.0
`
	assert.True(t, strings.HasPrefix(compareIn(t, root, 30, "a", "b"), paragraphs))
}

func TestComparisonOfARunWithItselfHasNoSettings(t *testing.T) {
	t.Parallel()
	dir := stoppedAfter(t, t.TempDir(), Default("xor"), false, 0.5)
	c, err := Compare(dir, dir)
	require.NoError(t, err)
	assert.Empty(t, c.Differing)
	assert.Len(t, c.Runs, 2)
}

func TestTrainingScoreStandsInForMissingValidation(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := Default("moons")
	b := a
	b.Validation = 0
	stoppedAfter(t, filepath.Join(root, "a"), a, false, 0.5)
	stoppedAfter(t, filepath.Join(root, "b"), b, false, 0.25)
	const want = `
run  validation  epochs  best loss  accuracy  at  last loss  accuracy  train loss  accuracy  finished  seconds
a    0.1          1/100     0.5000     50.0%   1     0.5000     50.0%      1.5000     50.0%  no            1.0
b    0            1/100                                                    1.2500     50.0%  no            1.0
`
	assert.Equal(t, want, compareIn(t, root, 120, "a", "b"))
}

func TestRunsOfTwoTasksAreComparedWithAWarning(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := Default("moons")
	b := a
	b.Spec.Name, b.Target = "csv:houses.csv", "price"
	stoppedAfter(t, filepath.Join(root, "a"), a, false, 0.5)
	stoppedAfter(t, filepath.Join(root, "b"), b, true, 0.25)
	const want = `
run  data            target  epochs  best loss           score  at  last loss           score  finished  seconds
a    moons                    1/100     0.5000  accuracy 50.0%   1     0.5000  accuracy 50.0%  no            1.0
b    csv:houses.csv  price    1/100     0.2500        r2 0.250   1     0.2500        r2 0.250  no            1.0
note: the runs are of two tasks: their losses, cross entropy and squared error, do not compare
`
	assert.Equal(t, want, compareIn(t, root, 120, "a", "b"))
}

func TestFinishedRunsAreComparedByTheirTestScoreToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Default("moons")
	c.Epochs = 2
	r, err := Run(context.Background(), c, Options{Out: dir})
	require.NoError(t, err)
	comparison, err := Compare(dir)
	require.NoError(t, err)
	run := comparison.Runs[0]
	assert.True(t, run.Finished)
	assert.Equal(t, r.Test, *run.Test)
	assert.Equal(t, &Mark{2, r.Epochs[1].Validation.Loss, r.Epochs[1].Validation.Accuracy}, run.Last)
	var b strings.Builder
	require.NoError(t, comparison.WriteText(&b, 250))
	assert.Contains(t, b.String(), fmt.Sprintf("%.4f     %.1f%%  yes", r.Test.Loss, 100*r.Test.Accuracy))

	b.Reset()
	require.NoError(t, comparison.WriteJSON(&b))
	var read Comparison
	require.NoError(t, json.Unmarshal([]byte(b.String()), &read))
	run.history, comparison.Runs[0].history = nil, nil
	assert.Equal(t, comparison, &read)
	assert.Contains(t, b.String(), `"differing":[]`)
}

func TestComparisonRefusesWhatIsNoRun(t *testing.T) {
	t.Parallel()
	_, err := Compare()
	assert.EqualError(t, err, "no run to compare")
	run := stoppedAfter(t, filepath.Join(t.TempDir(), "run"), Default("xor"), false, 0.5)
	_, err = Compare(run, t.TempDir())
	assert.ErrorContains(t, err, "is no run")
	path := filepath.Join(run, MetricsFile)
	require.NoError(t, os.Truncate(path, 100))
	_, err = Compare(run)
	assert.ErrorContains(t, err, path)
	assert.ErrorContains(t, err, "truncated")
}
