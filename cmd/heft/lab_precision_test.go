package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabPrecisionTakesTables(t *testing.T) {
	t.Parallel()
	_, help, _ := command("lab", "precision", "--help")
	assert.Contains(t, help, "csv:PATH")
	table := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, os.WriteFile(table, []byte("x,y,side\n"+strings.Repeat("-1,-1,left\n1,1,right\n-1,1,left\n1,-1,right\n", 4)), 0o666))
	code, out, errs := command("lab", "precision", "-q", "--data", "csv:"+table, "--depth", "6", "--width", "8", "--steps", "3", "--lr", "1e-30", "--seeds", "1",
		"--scheme", "normal(0,0.001)", "--out", filepath.Join(t.TempDir(), "precision"))
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `(?m)^FORMAT +LOSS +TEST +DEAD `, out)
	assert.Contains(t, out, "Dead networks in fp16, ")
}

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
