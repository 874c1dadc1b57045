package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabPrecisionLeavesAReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "precision")
	code, out, errs := command("lab", "precision", "--depth", "2", "--width", "8", "--steps", "10", "--seeds", "1", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "fp16, loss scaled, fp32 weights")
	assert.Contains(t, errs, "100%  50 of 50 steps")
	for _, name := range []string{"report.html", "learning.svg", "lost.csv", "formats.csv"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}
