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

func TestLabInitLeavesAReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "init")
	code, out, errs := command("lab", "init", "--data", "xor", "--depth", "4", "--width", "8", "--steps", "40", "--seeds", "2",
		"--schemes", "zeros,kaiming-normal,normal(0,0.5)", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "normal(0,0.5)")
	assert.Contains(t, out, filepath.Join(dir, "report.html"))
	assert.Contains(t, errs, "100%  240 of 240 steps")
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "heft lab init --data xor --depth 4 --width 8 --schemes &#39;zeros,kaiming-normal,normal(0,0.5)&#39; --steps 40 --seeds 2")
	for _, name := range []string{"signal", "gradient", "histograms", "silent", "learning", "boundary", "spectrum", "symmetry"} {
		assert.FileExists(t, filepath.Join(dir, name+".svg"))
		assert.FileExists(t, filepath.Join(dir, name+".csv"))
	}
}

func TestQuietLabPrintsNothingToStderr(t *testing.T) {
	t.Parallel()
	code, _, errs := command("lab", "init", "-q", "--depth", "2", "--width", "4", "--steps", "5", "--seeds", "1", "--out", t.TempDir())
	assert.Equal(t, exitOK, code)
	assert.Empty(t, errs)
}

func TestLabRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"lab init here":              `unknown command "here"`,
		"lab init --depth 0":         "depth is 0",
		"lab init --data banana":     "banana",
		"lab init --schemes he":      `"he"`,
		"lab init --seeds 0":         "seeds is 0",
		"lab init --jobs 0":          "--jobs is 0",
		"lab init --activation sinc": "sinc",
		"lab init --frob":            "unknown flag",
		"lab theory --nets 29":       "nets is 29",
		"lab theory --schemes ones":  "scheme ones promises no variance",
		"lab theory --jobs 0":        "--jobs is 0",
		"lab precision --scheme he":  `"he"`,
		"lab precision --seeds 0":    "seeds is 0",
	} {
		code, out, errs := command(strings.Fields(line)...)
		assert.Equal(t, exitUsage, code, line)
		assert.Empty(t, out, line)
		assert.Contains(t, errs, want, line)
		assert.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 2, "%q: the mistake and where to look", line)
	}
}

func TestInterruptedLabLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "init")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"lab", "init", "--out", dir}, nil, &out, &errs)
	assert.Equal(t, exitInterrupted, code)
	assert.Contains(t, errs.String(), "no report is left")
	assert.NoDirExists(t, dir)
}

func TestLabSaysAtOnceWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	code, out, errs := command("lab", "init", "--out", filepath.Join(file, "init"))
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, out)
	assert.NotContains(t, errs, "%", "nothing was trained")
	assert.Contains(t, errs, file)
}
