package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// twoRuns trains twice with other seeds.
func twoRuns(t *testing.T) (a, b string) {
	t.Helper()
	root := t.TempDir()
	a, b = filepath.Join(root, "a"), filepath.Join(root, "b")
	for dir, seed := range map[string]string{a: "1", b: "2"} {
		code, _, errs := command("train", "xor", "-q", "--epochs", "2", "--seed", seed, "--out", dir)
		require.Equal(t, exitOK, code, errs)
	}
	return a, b
}

func TestCompareShowsRunsAndDrawsThem(t *testing.T) {
	t.Parallel()
	a, b := twoRuns(t)
	picture := filepath.Join(t.TempDir(), "out.svg")
	code, out, errs := command("compare", a, b, "--out", picture)
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)
	lines := strings.Split(out, "\n")
	assert.Regexp(t, `^run +seed +epochs +best loss +accuracy`, lines[0])
	assert.Regexp(t, `^\S+a +1 +2/2 `, lines[1])
	assert.Regexp(t, `^\S+b +2 +2/2 `, lines[2])
	svg, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Contains(t, string(svg), "xor: loss of 2 runs")

	code, out, errs = command("compare", a, b, "--json")
	require.Equal(t, exitOK, code, errs)
	var c train.Comparison
	require.NoError(t, json.Unmarshal([]byte(out), &c))
	assert.Equal(t, []string{"seed"}, c.Differing)
	assert.Len(t, c.Runs, 2)
}

func TestCompareErrorsAreOneLine(t *testing.T) {
	t.Parallel()
	a, b := twoRuns(t)
	empty := t.TempDir()
	metrics := filepath.Join(b, train.MetricsFile)
	require.NoError(t, os.Truncate(metrics, 120))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"compare"}, exitUsage, "compare needs RUN"},
		{[]string{"compare", a, "--out", "x.png"}, exitUsage, `"x.png" a name that ends in .svg`},
		{[]string{"compare", a, empty}, exitFailed, empty + " is no run"},
		{[]string{"compare", filepath.Join(empty, "x")}, exitFailed, filepath.Join(empty, "x")},
		{[]string{"compare", a, b}, exitFailed, metrics + ": the last line has no end: truncated"},
		{[]string{"compare", a, "--out", filepath.Join(empty, "no", "x.svg")}, exitFailed, "x.svg"},
	} {
		code, out, errs := command(c.args...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out, c.args)
		assert.Contains(t, errs, c.want, c.args)
		first, _, _ := strings.Cut(errs, "\nRun 'heft compare --help'")
		assert.NotContains(t, strings.TrimSuffix(first, "\n"), "\n", c.args)
	}
}
