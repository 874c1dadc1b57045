package language

import (
	"bytes"
	"io"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// counted is a matrix whose element number i is i, and the bytes of it that were looked at.
func counted(t *testing.T, rows, columns int) (dtype.Stored, *atomic.Int64) {
	t.Helper()
	values := make([]float32, rows*columns)
	for i := range values {
		values[i] = float32(i)
	}
	x, err := dtype.FromFloat32s("w", []int{rows, columns}, values, dtype.F32)
	require.NoError(t, err)
	s := x.Stored()
	looked, view := new(atomic.Int64), s.View
	s.View = func(from, to int64, see func(data []byte) error) error {
		looked.Add(to - from)
		return view(from, to, see)
	}
	return s, looked
}

// pieces are the bytes of a tensor, looked at 64 KiB at a time.
func pieces(t *testing.T, s dtype.Stored) []byte {
	t.Helper()
	var all []byte
	const piece = 64 << 10
	for from := int64(0); from < s.Bytes; from += piece {
		require.NoError(t, s.View(from, min(from+piece, s.Bytes), func(data []byte) error { all = append(all, data...); return nil }))
	}
	return all
}

func TestAMatrixIsDecodedOnceToBeTransposed(t *testing.T) {
	t.Parallel()
	s, looked := counted(t, 300, 1000)
	made := turn{transposed: true}.of(s)
	require.NoError(t, made.WriteAs(io.Discard, dtype.F16, dtype.Saturate), "on all processors, in pieces")
	assert.Equal(t, s.Bytes, looked.Load())
	all := pieces(t, made)
	assert.Equal(t, s.Bytes, looked.Load(), "and looked at once more")
	back, err := dtype.Tensor{Name: "w", DType: dtype.F32, Shape: made.Shape, Data: all}.Float32s(nil)
	require.NoError(t, err)
	for i, v := range back {
		require.InDelta(t, i%300*1000+i/300, v, 0)
	}
}

func TestALargerMatrixIsDecodedOnceForEachBand(t *testing.T) {
	t.Parallel()
	s, looked := counted(t, 70, 1001)
	want := pieces(t, turn{transposed: true}.of(s))
	for _, size := range []int64{2000, 64 << 10, 100_000, s.Bytes, s.Bytes + 4} {
		looked.Store(0)
		made := newTransposed(s, size)
		var got bytes.Buffer
		for from := int64(0); from < s.Bytes; from += 30_000 {
			require.NoError(t, made.view(from, min(from+30_000, s.Bytes), func(data []byte) error { got.Write(data); return nil }))
		}
		require.True(t, bytes.Equal(want, got.Bytes()), size)
		bands := (s.Bytes + size - 1) / size
		assert.Equal(t, bands*s.Bytes, looked.Load(), size)
		assert.LessOrEqual(t, len(made.bands), 2)
		require.NoError(t, made.view(0, 4, func(data []byte) error { assert.Equal(t, want[:4], data); return nil }), "a look back")
		assert.LessOrEqual(t, len(made.bands), 2)
	}
}
