//go:build unix

package convert

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

func TestAnUnfinishedFileIsReadByNobodyElse(t *testing.T) {
	t.Parallel()
	w, err := enterWorkplace(filepath.Join(t.TempDir(), "model"))
	require.NoError(t, err)
	defer w.leave()
	info, err := os.Stat(w.dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestAFileThatRootConvertsInPlaceStaysItsOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	path := filepath.Join(t.TempDir(), "model")
	to := Options{Format: serialize.Safetensors}
	convert := func() {
		t.Helper()
		_, err := File(context.Background(), source(t, nil, tensor(t, "w", dtype.F32, []int{1}, 1)), path, to)
		require.NoError(t, err)
	}
	convert()
	require.NoError(t, os.Chown(path, 12345, 54321))
	require.NoError(t, os.Chmod(path, 0o600))
	convert()
	info, err := os.Stat(path)
	require.NoError(t, err)
	of, ok := info.Sys().(*syscall.Stat_t)
	require.True(t, ok)
	assert.Equal(t, [2]uint32{12345, 54321}, [2]uint32{of.Uid, of.Gid})
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

// access is whose a file is, and what others may do with it.
type access struct {
	uid, gid uint32
	mode     os.FileMode
}

func accessOf(t *testing.T, path string) access {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	of, ok := info.Sys().(*syscall.Stat_t)
	require.True(t, ok)
	return access{of.Uid, of.Gid, info.Mode()}
}

func TestFilesOfAFolderThatIsReplacedStayAsClosedAsTheyWere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.Mkdir(path, 0o700))
	for name, mode := range map[string]os.FileMode{"config.json": 0o644, "model.safetensors": 0o600, "vocab.json": 0o640} {
		require.NoError(t, os.WriteFile(filepath.Join(path, name), nil, 0o600))
		require.NoError(t, os.Chmod(filepath.Join(path, name), mode))
	}
	if os.Geteuid() == 0 { // only root gives files away
		require.NoError(t, os.Chown(path, 12345, 54321))
		require.NoError(t, os.Chown(filepath.Join(path, "config.json"), 12345, 54321))
		require.NoError(t, os.Chown(filepath.Join(path, "model.safetensors"), 12346, 54321))
	}
	want := map[string]access{}
	for made, like := range map[string]string{
		".": ".", "config.json": "config.json", "vocab.json": "vocab.json", "model-00001-of-00002.safetensors": "model.safetensors",
	} {
		want[made] = accessOf(t, filepath.Join(path, like))
	}
	require.NoError(t, Folder(path, true, []string{"*"}, func(dir string) error {
		for name := range want {
			if name != "." {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("new"), 0o644))
			}
		}
		return nil
	}))
	for name, kept := range want {
		assert.Equal(t, kept, accessOf(t, filepath.Join(path, name)), name)
	}
}

func TestAFolderThatNobodyMayChangeLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	require.NoError(t, Folder(path, false, nil, fillWith("first")))
	require.NoError(t, os.Chmod(path, 0o555))
	err := Folder(path, true, []string{"*"}, fillWith("second"))
	if os.Geteuid() != 0 { // who may do anything
		require.ErrorIs(t, err, os.ErrPermission)
	}
	assert.Equal(t, []string{"model"}, namesIn(t, filepath.Dir(path)))
	require.NoError(t, os.Chmod(path, 0o755))
	require.NoError(t, Folder(path, true, []string{"*"}, fillWith("third")))
}
