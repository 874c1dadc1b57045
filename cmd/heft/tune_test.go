package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tune"
)

// search is a search of four trials that takes some milliseconds.
func search(dir string, more ...string) []string {
	return append([]string{"tune", "xor", "--epochs", "2", "--grid", "lr=0.03,0.001", "--grid", "model=mlp:4;mlp:4,4", "--out", dir}, more...)
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

func TestTunePrintsTheBestAndTheCommandThatTrainsItAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "search")
	code, out, errs := command(search(dir)...)
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `^4/4  trial-0004  lr=0.001 model=mlp:4,4  validation loss `, strings.Split(errs, "\n")[3])
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 8)
	assert.Regexp(t, `^rank +lr +model +val loss +val accuracy +trial$`, lines[0])
	assert.Regexp(t, `^ +1  .*  trial-000\d$`, lines[1])
	assert.Regexp(t, `^best: trial-000\d  test loss `, lines[5])
	assert.Equal(t, filepath.Join(dir, "results.csv"), lines[6])
	again, ok := strings.CutPrefix(lines[7], "to train the best again: heft ")
	require.True(t, ok, lines[7])

	trial := strings.Fields(lines[1])[5]
	alone := t.TempDir()
	code, _, errs = command(append(strings.Fields(again), "-q", "--out", alone)...)
	require.Equal(t, exitOK, code, errs)
	assert.True(t, read(t, dir, trial, train.WeightsFile) == read(t, alone, train.WeightsFile), "the command gives the trial's bits")
}

func TestTuneGoesOnByTheSameCommandByResumeAndByShards(t *testing.T) {
	t.Parallel()
	whole := filepath.Join(t.TempDir(), "whole")
	code, out, errs := command(search(whole, "-q")...)
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)

	dir := filepath.Join(t.TempDir(), "search")
	code, part, errs := command(search(dir, "-q", "--shard", "2/2")...)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, part, "2 of 4 trials done\n")
	assert.Contains(t, part, "to go on: heft tune --resume "+dir+"\n")
	assert.NotContains(t, part, "test")
	code, resumed, errs := command("tune", "--resume", dir, "--jobs", "2")
	require.Equal(t, exitOK, code, errs)
	assert.Equal(t, 2, strings.Count(errs, "\n"), "two trials were left")
	assert.Equal(t, out, strings.ReplaceAll(resumed, dir, whole))
	code, again, errs := command(search(dir)...)
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)
	assert.Equal(t, resumed, again)
	assert.Equal(t, read(t, whole, tune.ResultsFile), read(t, dir, tune.ResultsFile))
}

func TestInterruptedTuneExitsLikeASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	dir := filepath.Join(t.TempDir(), "search")
	assert.Equal(t, exitInterrupted, run(ctx, search(dir, "-q"), strings.NewReader(""), &out, &errs))
	assert.Equal(t, "heft: interrupted with 0 of 4 trials done; go on with: heft tune --resume "+dir+"\n", errs.String())
	assert.Empty(t, out.String())
}

func TestTuneAtRandomFollowsFromTheSeed(t *testing.T) {
	t.Parallel()
	var plans []string
	for _, seed := range []string{"1", "1", "2"} {
		dir := filepath.Join(t.TempDir(), "search")
		code, _, errs := command("tune", "xor", "-q", "--epochs", "1", "--random", "4", "--seeds", "2", "--rank", "score", "--seed", seed,
			"--range", "lr=1e-4..1e-1:log", "--range", "batch=8..64:int", "--grid", "optimizer=adam,sgd", "--out", dir)
		require.Equal(t, exitOK, code, errs)
		plans = append(plans, read(t, dir, tune.PlanFile))
	}
	assert.Equal(t, plans[0], plans[1])
	assert.NotEqual(t, plans[0], strings.ReplaceAll(plans[2], `"seed": 2`, `"seed": 1`))
}

func TestTuneWhoseTrialsAllFailFails(t *testing.T) {
	t.Parallel()
	code, out, errs := command("tune", "xor", "-q", "--epochs", "1", "--grid", "lr=1e25,1e26", "--optimizer", "sgd", "--out", filepath.Join(t.TempDir(), "x"))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, out, "2 of 2 trials failed:\n")
	assert.Contains(t, errs, "heft: all trials failed; the first: training broke")
}

func TestTuneUsageErrorsNameTheMistake(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"tune":                                       "nothing to search",
		"tune banana --grid lr=1,2":                  "known are digits, moons",
		"tune moons xor":                             `"xor" is one too many`,
		"tune --grid lr":                             "NAME=VALUE,VALUE",
		"tune --grid frob=1":                         `no setting is called "frob": 'heft train --help'`,
		"tune --grid lr=high":                        `"high" is no value of lr`,
		"tune --grid model=mlp:64,32":                `; a value with commas is followed by a semicolon, as in "model=mlp:64,32;"`,
		"tune --grid schedule=step(5,0.1)":           `as in "schedule=step(5,0.1);"`,
		"tune --grid lr=0.1,0.10":                    `twice, also as "0.1"`,
		"tune --grid optimizer=sgd,adam --lr -1":     "lr is -1",
		"tune --lr 0.1 --grid lr=0.1,0.2":            "--lr is given, and searched",
		"tune --range lr=1..2":                       `range "lr" is drawn from at random`,
		"tune --random 2 --range lr=1":               "NAME=LOW..HIGH:SCALE",
		"tune --random 2":                            "there are none",
		"tune --random 2 --range batch=1..9":         "is no value of batch",
		"tune --random 9 --grid lr=1,2":              "only 2 different settings",
		"tune --seeds 0 --grid lr=1,2":               "--seeds is 0",
		"tune --seeds 2 --validation 0":              "validation is 0",
		"tune --seeds 2 --rank taste":                `"taste": use loss or score`,
		"tune --seeds 2 --jobs 0":                    "--jobs is 0",
		"tune --seeds 2 --shard 1/2":                 "name it with --out",
		"tune --seeds 2 --out x --shard 3/2":         "INDEX/COUNT",
		"tune --resume x moons":                      "leave out the data set",
		"tune --resume x --grid lr=1,2":              "such as --grid",
		"tune --resume x --epochs 3":                 "such as --epochs",
		"tune --resume x --seeds 3":                  "such as --seeds",
		"tune moons --grid momentum=0,0.9 --seeds 2": "momentum=0.9: momentum is 0.9, but adamw takes none",
	})
}

func TestTuneErrorsOfTheWorldAreOneLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	code, _, errs := command(search(other, "-q")...)
	require.Equal(t, exitOK, code, errs)
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o777))
	for want, args := range map[string][]string{
		"is no search: it has no tune.json":              {"tune", "--resume", empty},
		`epochs is "2" there, but "3" here`:              {"tune", "xor", "-q", "--epochs", "3", "--grid", "lr=0.03,0.001", "--grid", "model=mlp:4;mlp:4,4", "--out", other},
		"holds no search, but \"empty\": choose another": search(dir, "-q"),
		"no such file": {"tune", "csv:" + filepath.Join(empty, "x.csv"), "--target", "y", "--seeds", "2", "--out", filepath.Join(dir, "new")},
	} {
		code, out, errs := command(args...)
		assert.Equal(t, exitFailed, code, args)
		assert.Empty(t, out, args)
		assert.Contains(t, errs, want, args)
		assert.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 1, errs)
	}
	assert.NoDirExists(t, filepath.Join(dir, "new"))
}

// Not parallel: it changes the working directory.
func TestSearchesAreNumberedApartFromRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"xor-tune-1", "xor-tune-2"} {
		code, out, errs := command("tune", "xor", "-q", "--epochs", "1", "--seeds", "2")
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, filepath.Join("runs", want, "results.csv"))
	}
	code, _, errs := command("tune", "csv:no/houses.csv", "--target", "price", "--seeds", "2")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "houses.csv")
	assert.NoDirExists(t, filepath.Join("runs", "houses-tune-1"))
}

func TestEverySettingCanBeSearched(t *testing.T) {
	t.Parallel()
	c := train.Default("digits")
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(flags, &c)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "stringSlice" { // looked at below
			return
		}
		got := train.Default("digits")
		require.NoError(t, set(&got, f.Name, flagText(f)), f.Name)
		assert.Equal(t, train.Default("digits"), got, f.Name)
	})
	require.NoError(t, set(&c, "drop", "a,b"))
	assert.Equal(t, []string{"a", "b"}, c.Drop)
	assert.Equal(t, 0.3, c.Dropout)
}

func TestCommandToTrainAgainIsWhatAShellReads(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "heft train digits", trainLine(train.Default("digits"), ""))
	c := train.Default("csv:my houses.csv")
	c.Target, c.LR, c.Init, c.Drop = "it's", 0.5, "normal(0,0.1)", []string{"a,b", "c"}
	assert.Equal(t, `heft train 'csv:my houses.csv' --target 'it'\''s' --drop '"a,b",c' --init 'normal(0,0.1)' --lr 0.5 --data /data`, trainLine(c, "/data"))

	got := train.Default(c.Spec.Name)
	for name, value := range map[string]string{"target": "it's", "drop": `"a,b",c`, "init": "normal(0,0.1)", "lr": "0.5"} {
		require.NoError(t, set(&got, name, value))
	}
	assert.Equal(t, c, got)
}

func TestHelpOfTuneAndCompareHasExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"tune", "compare"} {
		code, out, _ := command(c, "--help")
		assert.Equal(t, exitOK, code)
		assert.Contains(t, out, "Examples:", c)
	}
	_, out, _ := command("__complete", "tune", "sp")
	assert.Contains(t, out, "spiral")
}
