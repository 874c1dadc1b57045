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

// foreign is a file of a user who may not do all: once it is given away it is out of reach.
type foreign struct {
	group, owner error // of giving it to them
	mode         os.FileMode
	gone         bool
}

func (f *foreign) Chmod(mode os.FileMode) error {
	if f.gone {
		return os.ErrPermission
	}
	f.mode = mode
	return nil
}

func (f *foreign) Chown(uid, gid int) error {
	if gid >= 0 && f.group != nil {
		return f.group
	}
	f.gone = uid >= 0 && f.owner == nil
	return f.owner
}

func TestAnotherGroupMayDoNoMoreThanEverybody(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	for mode, want := range map[os.FileMode]os.FileMode{0o640: 0o600, 0o644: 0o644, 0o664: 0o644, 0o675: 0o655, 0o600: 0o600} {
		require.NoError(t, os.Chmod(path, mode))
		old, err := os.Stat(path)
		require.NoError(t, err)
		kept, denied := foreign{}, foreign{group: os.ErrPermission, owner: os.ErrPermission}
		require.NoError(t, keepAccess(&kept, old), "permissions are set before it is given away")
		require.NoError(t, keepAccess(&denied, old))
		assert.Equal(t, [2]os.FileMode{mode, want}, [2]os.FileMode{kept.mode, denied.mode})
		assert.True(t, kept.gone)
		assert.False(t, denied.gone)
	}
}

func TestAFolderKeepsTheBitsForFilesInIt(t *testing.T) {
	t.Parallel()
	old, made := filepath.Join(t.TempDir(), "old"), t.TempDir()
	require.NoError(t, os.Mkdir(old, 0o755))
	require.NoError(t, os.Chmod(old, 0o775|os.ModeSetgid|os.ModeSticky))
	before, err := os.Stat(old)
	require.NoError(t, err)
	require.NoError(t, KeepAccess(made, before))
	after, err := os.Stat(made)
	require.NoError(t, err)
	assert.Equal(t, before.Mode(), after.Mode())
}
