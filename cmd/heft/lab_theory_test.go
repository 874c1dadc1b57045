package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabTheoryLeavesAReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "theory")
	code, out, errs := command("lab", "theory", "--activation", "tanh", "--depth", "2", "--width", "64", "--nets", "100",
		"--schemes", "orthogonal,lecun-uniform", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "Measured equals predicted")
	assert.Contains(t, errs, "100%  200 of 200 networks")
	for _, name := range []string{"report.html", "activations.svg", "gradients.csv", "deviations.csv"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}
