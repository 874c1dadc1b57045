package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sweepLine is the command of a sweep of 8 small runs.
func sweepLine(more ...string) []string {
	return append(strings.Fields("lab sweep --data xor --depths 1,2 --widths 8 --schemes zeros,kaiming-normal --lrs 0.1 --steps 20 --seeds 2"), more...)
}

func TestLabSweepIsTheSameInShards(t *testing.T) {
	t.Parallel()
	whole, one, two, out := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "1"), filepath.Join(t.TempDir(), "2"), filepath.Join(t.TempDir(), "out")
	code, text, errs := command(sweepLine("--out", whole)...)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, errs, "100%  8 of 8 runs")
	assert.Contains(t, text, "LEARNED AT DEPTH")

	code, text, errs = command(sweepLine("--out", one, "--shard", "1/2")...)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, errs, "100%  4 of 4 runs")
	assert.Contains(t, text, "shard 1/2 is done; when all are: heft lab merge "+one)
	assert.NoFileExists(t, filepath.Join(one, "report.html"))
	code, _, errs = command("lab", "merge", one)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "4 of 8 runs are not done")
	code, _, errs = command(sweepLine("--out", two, "--shard", "2/2", "--quiet")...)
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)
	code, _, errs = command("lab", "merge", one, two, "--out", out)
	require.Equal(t, exitOK, code, errs)

	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, entries, 5)
	for _, e := range entries {
		want, err := os.ReadFile(filepath.Join(whole, e.Name()))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(out, e.Name()))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), e.Name())
	}

	code, _, errs = command("lab", "sweep", "--resume", whole)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, errs, "100%  8 of 8 runs", "nothing is left to do")
}

func TestLabSweepThatIsStoppedSaysHowItGoesOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "my sweep")
	for shard, want := range map[string]string{"": "", "1/2": " --shard 1/2"} {
		var out, errs bytes.Buffer
		line := sweepLine("--quiet", "--out", dir)
		if shard != "" {
			line = append(line, "--shard", shard)
		}
		require.Equal(t, exitInterrupted, run(ctx, line, nil, &out, &errs))
		assert.Equal(t, "heft: stopped; what is done stays done. To go on, give the same command again, or: heft lab sweep --resume '"+dir+"'"+want+"\n", errs.String())
	}
	code, _, errs := command("lab", "sweep", "--resume", dir, "--quiet")
	require.Equal(t, exitOK, code, errs)
	assert.FileExists(t, filepath.Join(dir, "report.html"))
}

func TestLabSweepRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"lab sweep --shard 1/2":                "--out",
		"lab sweep --shard 3/2 --out x":        "3/2",
		"lab sweep --resume x --depths 3":      "leave out --depths",
		"lab sweep --depths 0":                 "depth is 0",
		"lab sweep --lrs 0.1,0.1":              `lrs has "0.1" twice`,
		"lab sweep --schemes he":               `"he"`,
		"lab sweep --schemes zeros --jobs 0":   "--jobs is 0",
		"lab merge":                            "lab merge needs DIR",
		"lab sweep --activations relu,banana":  "banana",
		"lab sweep --resume x --out y --quiet": "leave out --out",
	})
}
