package interop

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneFileIsTakenOutOfAPackage(t *testing.T) {
	t.Parallel()
	archive, to := filepath.Join(t.TempDir(), "x.whl"), filepath.Join(t.TempDir(), "file")
	f, err := os.Create(archive)
	require.NoError(t, err)
	z := zip.NewWriter(f)
	for _, name := range []string{"a/README.md", "a/model.gguf"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(name))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	require.NoError(t, takeOut(archive, ".gguf", to))
	got, err := os.ReadFile(to)
	require.NoError(t, err)
	assert.Equal(t, "a/model.gguf", string(got))
	require.ErrorContains(t, takeOut(archive, ".bin", to), "x.whl has no file *.bin")
	require.Error(t, takeOut(to, ".gguf", to+"2"), "it is no zip")
}

func TestPublicModelsAreThere(t *testing.T) {
	t.Parallel()
	for _, m := range []Public{SmolLM, MiniLM} {
		assert.FileExists(t, m.Path(t))
	}
}
