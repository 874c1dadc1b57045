package torchfile

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
	"github.com/heft-ml/heft/internal/testmode"
)

// TestFilesBeyondFourGigabytesAreWrittenAndRead has a storage whose size, and others whose place, needs 64 bits.
func TestFilesBeyondFourGigabytesAreWrittenAndRead(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("run with -long to write 9 GB of zeros to memory that they do not take")
	}
	const large = 1<<32 + 100
	infos := []dtype.Info{
		{Name: "a", DType: dtype.U8, Shape: []int{large}, Bytes: large}, {Name: "b", DType: dtype.U8, Shape: []int{3}, Bytes: 3},
		{Name: "c", DType: dtype.U8, Shape: []int{large}, Bytes: large}, {Name: "d", DType: dtype.F32, Shape: []int{1}, Bytes: 4},
	}
	p, err := newPlan(infos, []int{0, 1, 2, 3}, func(info dtype.Info, w io.Writer) error {
		if err := cost.Zeros(w, info.Bytes-1); err != nil {
			return err
		}
		_, err := io.WriteString(w, info.Name)
		return err
	})
	require.NoError(t, err)
	var file cost.Sparse
	require.NoError(t, p.writeTo(&file))
	f, err := NewReader(&file, file.Size())
	require.NoError(t, err)
	for i, it := range f.items {
		assert.Equal(t, infos[i].Name, it.name)
		assert.Equal(t, infos[i].Bytes, it.bytes())
		assert.Zero(t, it.storage.record.offset%alignment)
		last := make([]byte, 2)
		_, err := f.source.ReadAt(last, it.first()+it.bytes()-2)
		require.NoError(t, err)
		assert.Equal(t, []byte{0, it.name[0]}, last)
	}
	a, err := openArchive(&file, file.Size())
	require.NoError(t, err)
	assert.Nil(t, a.records[".format_version"], "PyTorch would compute other places")
}
