package torchfile

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPartsOfTensorsAreThoseOfTheWhole looks at every tensor of PyTorch's own files, views and types that Heft does not know among them.
func TestPartsOfTensorsAreThoseOfTheWhole(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"views.pt", "types.pt", "views_legacy.pt", "checkpoint.pt"} {
		f, err := OpenFS(os.DirFS("testdata"), name)
		require.NoError(t, err)
		for _, info := range f.Tensors() {
			s, err := f.Stored(info.Name)
			require.NoError(t, err)
			assert.Equal(t, info, s.Info)
			var whole []byte
			require.NoError(t, f.View(info.Name, func(data []byte) error { whole = append(whole, data...); return nil }))
			from, to := info.Bytes/3, info.Bytes-info.Bytes/4
			require.NoError(t, s.View(from, to, func(data []byte) error { assert.Equal(t, string(whole[from:to]), string(data)); return nil }))
		}
		_, err = f.Stored("absent")
		require.ErrorIs(t, err, TensorNotFound)
		require.NoError(t, f.Close())
	}
	_, err := OpenFS(os.DirFS("testdata"), "expected.json")
	require.ErrorIs(t, err, NotTorch)
}
