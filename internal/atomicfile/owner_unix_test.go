//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFileThatRootReplacesStaysItsOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir := t.TempDir()
	const user, group = 12345, 54321
	stand := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	given := func(path string) os.FileInfo {
		require.NoError(t, os.Chown(path, user, group))
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info
	}
	path := stand("model", 0o600)
	given(path)
	require.NoError(t, Write(path, writeNew))
	other := stand("other", 0o644)
	require.NoError(t, KeepAccess(other, given(stand("third", 0o640))))
	for path, mode := range map[string]os.FileMode{path: 0o600, other: 0o640} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		uid, gid, ok := owner(info)
		assert.True(t, ok)
		assert.Equal(t, [2]int{user, group}, [2]int{uid, gid})
		assert.Equal(t, mode, info.Mode())
	}
}
