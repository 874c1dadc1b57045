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
