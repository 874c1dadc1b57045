package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

func TestLabPlayRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"lab play --port 65536":        "--port is 65536",
		"lab play --port -1":           "--port is -1",
		"lab play here":                `takes nothing but flags: "here" is one too many`,
		"lab play --build a --port 80": "leave one of them out",
		"lab play --build=":            "--build names no folder",
		"lab play --force":             "--force is of --build",
	})
}

func TestLabPlayMixesItsFilesWithNothing(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"report.html", "model.safetensors", "index.html", "thesis.tex"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte("mine"), 0o600))
		code, out, errs := command("lab", "play", "--build", dir)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Equal(t, "heft: "+dir+" holds \""+file+"\", which is no part of the page: choose another --build, or write into it with --force\n", errs)
		require.NoError(t, checkPageFolder(dir, true))
	}
	require.NoError(t, checkPageFolder(t.TempDir(), false))
}

func TestLabPlayWritesFilesAndServes(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("compiling the page's engine takes tens of seconds: run with -long")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command on PATH")
	}
	dir := filepath.Join(t.TempDir(), "public")
	var out, errs string
	for range 2 { // the second time in place of the first
		var code int
		code, out, errs = command("lab", "play", "--build", dir)
		require.Equal(t, exitOK, code, errs)
	}
	assert.Contains(t, out, dir)
	assert.Contains(t, errs, "compiling the engine")
	for _, name := range []string{"index.html", "main.js", "engine.wasm.gz", "wasm_exec.js"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}

	ctx, cancel := context.WithCancel(t.Context())
	var complaints bytes.Buffer
	served := &until{text: regexp.MustCompile(`http://127\.0\.0\.1:\d+/`), then: cancel}
	assert.Equal(t, exitOK, run(ctx, []string{"lab", "play"}, nil, served, &complaints), complaints.String())
	assert.Regexp(t, served.text, served.String())
}

// until calls then when what was written to it has a text.
type until struct {
	bytes.Buffer
	text *regexp.Regexp
	then func()
}

func (u *until) Write(p []byte) (int, error) {
	n, err := u.Buffer.Write(p)
	if u.text.Match(u.Bytes()) {
		u.then()
	}
	return n, err
}
