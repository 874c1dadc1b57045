package play

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

func TestTheEngineIsCompiledFromTheCheckout(t *testing.T) {
	if !testmode.Long() {
		t.Skip("compiling takes tens of seconds: run with -long")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command on PATH")
	}
	var said []string
	e, err := Build(t.Context(), func(line string) { said = append(said, line) })
	require.NoError(t, err)
	require.Len(t, said, 2)
	assert.Contains(t, said[0], "compiling the engine")
	r, err := gzip.NewReader(bytes.NewReader(e.Module))
	require.NoError(t, err)
	wasm, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Equal(t, "\x00asm", string(wasm[:4]))
	assert.Less(t, len(e.Module), 4_000_000)
	assert.Contains(t, string(e.Runner), "globalThis.Go")
}

func TestWithoutGoThePageSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Build(t.Context(), func(string) {})
	require.ErrorContains(t, err, "go.dev/dl")
	require.ErrorContains(t, err, "--build")
}

func TestOnlyReleasesAreFetched(t *testing.T) {
	t.Parallel()
	main := func(path, version string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: path, Version: version}}
	}
	v, err := released(main(modulePath, "v0.1.0"), true)
	require.NoError(t, err)
	assert.Equal(t, "v0.1.0", v)
	other := main("example.com/lecture", "v9.9.9")
	other.Deps = []*debug.Module{{Path: modulePath, Version: "v0.2.0"}}
	v, err = released(other, true)
	require.NoError(t, err)
	assert.Equal(t, "v0.2.0", v)
	other.Deps[0].Replace = &debug.Module{Path: "../heft"}
	for _, info := range []*debug.BuildInfo{main(modulePath, "(devel)"), main(modulePath, "v0.1.0+dirty"), main(modulePath, ""), other} {
		_, err = released(info, true)
		require.ErrorContains(t, err, "checkout")
	}
	_, err = released(nil, false)
	require.Error(t, err)
}

func TestACheckoutIsKnownByItsModuleAndItsEngine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assert.False(t, isCheckout(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+modulePath+"\n"), 0o600))
	assert.False(t, isCheckout(dir), "the engine is not there")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, enginePackage), 0o700))
	assert.True(t, isCheckout(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/other\n"), 0o600))
	assert.False(t, isCheckout(dir))
}

func TestAnEngineIsKeptWhole(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "heft", "play", "v0.1.0")
	_, err := readEngine(dir)
	require.Error(t, err)
	e := &Engine{Module: []byte("module"), Runner: []byte("runner")}
	require.NoError(t, e.save(dir))
	back, err := readEngine(dir)
	require.NoError(t, err)
	assert.Equal(t, e, back)
	require.NoError(t, os.Remove(filepath.Join(dir, runnerFile)))
	_, err = readEngine(dir)
	require.Error(t, err, "half an engine is none")
	assert.Empty(t, source{dir: dir, version: "v0.1.0"}.cache(), "a checkout may change")
}
