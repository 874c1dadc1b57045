package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVerifyTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	a, b := saved(t, 1, 2), saved(t, 1, 3)
	dir := filepath.Dir(a)
	code, out, errs := command("verify", a)
	assert.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "2 tensors, 0 findings")
	code, manifest, errs := command("verify", a, "--json")
	require.Equal(t, exitOK, code, errs)
	path := filepath.Join(dir, "manifest.json")
	require.NoError(t, os.WriteFile(path, []byte(manifest), 0o666))

	code, _, errs = command("verify", dir, "--manifest", path)
	assert.Equal(t, exitOK, code, errs)
	code, out, errs = command("verify", b, "--manifest", path)
	assert.Equal(t, exitFinding, code)
	assert.Contains(t, out, "tensor fc.weight: its bytes are not those of the manifest")
	assert.Empty(t, errs)

	pickle := filepath.Join(dir, "model.bin")
	require.NoError(t, os.WriteFile(pickle, []byte("\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R."), 0o666))
	code, out, _ = command("verify", pickle)
	assert.Equal(t, exitFinding, code)
	assert.Contains(t, out, "dangerous name os.system")

	for _, args := range [][]string{{"nowhere"}, {path}, {a, "--manifest", "nowhere"}, {a, "--manifest", a}} {
		code, out, errs = command(append([]string{"verify"}, args...)...)
		assert.Equal(t, exitTrouble, code, args)
		assert.Empty(t, out)
		assert.Regexp(t, `^heft: .*\n$`, errs)
	}
}
