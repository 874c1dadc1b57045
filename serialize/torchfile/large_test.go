package torchfile

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/testmode"
)

// sparse is a file in memory whose runs of zeros take no room.
type sparse struct {
	chunks map[int64][]byte // by number, those that are not all zeros
	size   int64
}

const chunkSize = 1 << 16

// Write appends.
func (s *sparse) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		number, at := s.size/chunkSize, s.size%chunkSize
		n := min(len(p)-i, int(chunkSize-at))
		part := p[i : i+n]
		if s.chunks[number] == nil && !allZero(part) {
			s.chunks[number] = make([]byte, chunkSize)
		}
		if c := s.chunks[number]; c != nil {
			copy(c[at:], part)
		}
		s.size += int64(n)
		i += n
	}
	return len(p), nil
}

// ReadAt reads as an io.ReaderAt does.
func (s *sparse) ReadAt(p []byte, offset int64) (int, error) {
	clear(p)
	n := int(min(int64(len(p)), max(0, s.size-offset)))
	for i := 0; i < n; {
		number, at := (offset+int64(i))/chunkSize, (offset+int64(i))%chunkSize
		step := min(n-i, int(chunkSize-at))
		if c := s.chunks[number]; c != nil {
			copy(p[i:i+step], c[at:])
		}
		i += step
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func allZero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}

// TestFilesBeyondFourGigabytesAreWrittenAndRead has a storage whose size, and others whose place, needs 64 bits.
func TestFilesBeyondFourGigabytesAreWrittenAndRead(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to write 9 GB of zeros to memory that they do not take")
	}
	const large = 1<<32 + 100
	infos := []dtype.Info{
		{Name: "a", DType: dtype.U8, Shape: []int{large}, Bytes: large}, {Name: "b", DType: dtype.U8, Shape: []int{3}, Bytes: 3},
		{Name: "c", DType: dtype.U8, Shape: []int{large}, Bytes: large}, {Name: "d", DType: dtype.F32, Shape: []int{1}, Bytes: 4},
	}
	file := &sparse{chunks: map[int64][]byte{}}
	zeros := make([]byte, 1<<20)
	require.NoError(t, write(file, infos, []int{0, 1, 2, 3}, func(i int, w io.Writer) error {
		left := infos[i].Bytes
		for left > 1 {
			n, err := w.Write(zeros[:min(left-1, int64(len(zeros)))])
			if err != nil {
				return err
			}
			left -= int64(n)
		}
		_, err := w.Write([]byte{byte(i + 1)})
		return err
	}))
	f, err := NewReader(file, file.size)
	require.NoError(t, err)
	for i, it := range f.items {
		assert.Equal(t, infos[i].Name, it.name)
		assert.Equal(t, infos[i].Bytes, it.bytes())
		assert.Zero(t, it.storage.record.offset%alignment)
		last := make([]byte, 2)
		_, err := f.source.ReadAt(last, it.first()+it.bytes()-2)
		require.NoError(t, err)
		assert.Equal(t, []byte{0, byte(i + 1)}, last)
	}
	a, err := openArchive(file, file.size)
	require.NoError(t, err)
	assert.Nil(t, a.records[".format_version"], "PyTorch would compute other places")
}
