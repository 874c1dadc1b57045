package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// Not parallel: it changes the working directory.
func TestRefusedRunLeavesNoFolderBehind(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, line := range []string{
		"train csv:none.csv --target y", "train digits --model lenet -q", "train csv:none.csv --target y --find-lr", "tune text:none.txt --seeds 2",
		"train moons --find-lr --ema 0.9",
	} {
		code, _, errs := command(strings.Fields(line)...)
		assert.Equal(t, exitFailed, code, line)
		assert.NoDirExists(t, "runs", "%s: %s", line, errs)
	}
	require.NoError(t, os.Mkdir("runs", 0o777))
	code, _, _ := command("train", "csv:none.csv", "--target", "y")
	assert.Equal(t, exitFailed, code)
	assert.DirExists(t, "runs", "it was there before")
	assert.NoDirExists(t, filepath.Join("runs", "none-1"))
}

// Not parallel: it changes the working directory.
func TestDataOfARunAreFoundFromAnywhere(t *testing.T) {
	project := t.TempDir()
	t.Chdir(project)
	var table strings.Builder
	table.WriteString("x,y\n")
	for i := range 40 {
		table.WriteString([]string{"1,low\n", "3,high\n"}[i%2])
	}
	require.NoError(t, os.WriteFile("table.csv", []byte(table.String()), 0o666))
	code, _, errs := command("train", "csv:table.csv", "--target", "y", "--epochs", "2", "-q")
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("tune", "csv:table.csv", "--target", "y", "--epochs", "1", "--seeds", "2", "-q")
	require.Equal(t, exitOK, code, errs)
	want := "table.csv/test: loss "

	t.Chdir(t.TempDir())
	for _, run := range []string{filepath.Join("runs", "table-1"), filepath.Join("runs", "table-1", train.WeightsFile), filepath.Join("runs", "table-tune-1", "trial-0002")} {
		code, out, errs := command("eval", filepath.Join(project, run), "--data", "other")
		if strings.Contains(run, "tune") { // three folders below that of the table: too far to be beside it
			assert.Equal(t, exitFailed, code)
			continue
		}
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, want)
		code, out, errs = command("reproduce", filepath.Join(project, run), "-q")
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, "bit-equal")
	}
	trial := filepath.Join(project, "runs", "table-tune-1", "trial-0002")
	require.NoError(t, os.RemoveAll(trial))
	code, _, errs = command("tune", "--resume", filepath.Dir(trial), "-q")
	require.Equal(t, exitOK, code, errs)
	assert.FileExists(t, filepath.Join(trial, train.WeightsFile))

	require.NoError(t, os.Remove(filepath.Join(project, "table.csv")))
	run := filepath.Join(project, "runs", "table-1")
	code, _, errs = command("eval", run, "--data", "other")
	assert.Equal(t, exitFailed, code)
	assert.Regexp(t, `^heft: table\.csv: .*: looked in the current folder and in other, `+run+", "+filepath.Dir(run)+", "+project+"\n$", errs)
}
