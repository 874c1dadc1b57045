package interop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnotherArchiveOfLlamaCppIsNotUnpacked(t *testing.T) {
	t.Parallel()
	archive, dir := filepath.Join(t.TempDir(), llamaArchive), filepath.Join(t.TempDir(), "libraries")
	require.NoError(t, os.WriteFile(archive, []byte("another"), 0o666))
	require.ErrorContains(t, unpackLlama(archive, dir), "is not the file that it was")
	assert.NoDirExists(t, dir)
}

func TestLibrariesOfLlamaCppAreThere(t *testing.T) {
	t.Parallel()
	dir := LlamaCpp(t)
	for _, name := range []string{"libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}
