package simd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/simd/kernels"
	"github.com/heft-ml/heft/internal/vector"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	require.NoError(t, vector.Write(fresh, "simd", kernels.All()))
	files, err := os.ReadDir(fresh)
	require.NoError(t, err)
	for _, f := range files {
		want, err := os.ReadFile(filepath.Join(fresh, f.Name()))
		require.NoError(t, err)
		got, err := os.ReadFile(f.Name())
		require.NoError(t, err)
		require.True(t, string(want) == string(got), "%s is not what go generate ./internal/simd writes", f.Name())
	}
}
