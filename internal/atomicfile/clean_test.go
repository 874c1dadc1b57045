package atomicfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCleanRemovesLeftoversAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := []string{".hidden", "model.safetensors", "notes.tmp-1", ".lock", "a.tmp-b"}
	for _, name := range append([]string{".model.safetensors.tmp-123", ".metrics.csv.tmp-a9"}, keep...) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o666))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".folder.tmp-1"), 0o777))
	require.NoError(t, Clean(dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.ElementsMatch(t, append(keep, ".folder.tmp-1"), names)
	assert.Error(t, Clean(filepath.Join(dir, "nowhere")))
}
