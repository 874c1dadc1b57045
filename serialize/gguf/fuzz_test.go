package gguf

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReader wants no panic for any bytes; of what is accepted, a copy that says the same; and of the copy, a copy that is the same.
func FuzzReader(f *testing.F) {
	for _, h := range hostileFiles() {
		f.Add(h.bytes)
	}
	for _, b := range unusualFiles() {
		f.Add(b)
	}
	whole := wholeFile(f)
	f.Add(whole)
	f.Add(opened(f, whole).header(f))
	f.Add(splitOf(0, 2, 2, "x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Less(t, len(file.metadata)+len(file.entries), len(b))
		for _, kv := range file.metadata {
			require.NotEmpty(t, kv.Value.TypeName())
			_ = kv.Value.String()
		}
		_, err = file.Hidden()
		require.NoError(t, err)
		bytesSeen := int64(0)
		for i := range file.entries {
			e := &file.entries[i]
			bytesSeen += e.Bytes
			if tensor, err := e.read(); err == nil {
				require.NoError(t, tensor.Check())
			} else {
				require.ErrorIs(t, err, Unsupported)
			}
		}
		require.LessOrEqual(t, bytesSeen, int64(len(b)))
		if file.BigEndian() || file.parts[0].alignment > mostAlignment {
			return
		}
		again := opened(t, copied(t, file))
		require.Equal(t, file.Tensors(), again.Tensors())
		require.Equal(t, copied(t, file), copied(t, again))
	})
}

// header returns what stands before the data, in a file without tensors.
func (f *File) header(t testing.TB) []byte {
	t.Helper()
	return written(t, f.metadata, nil, nil)
}
