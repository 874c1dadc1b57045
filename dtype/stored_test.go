package dtype_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// manyBatches makes F32 values that take several batches of pieces on a few processors, and end within a piece.
func manyBatches(t *testing.T) dtype.Tensor {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, 400_003)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	tensor, err := dtype.FromFloat32s("x", []int{len(values)}, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

func TestWriteAsMakesTheBytesOfAs(t *testing.T) {
	t.Parallel()
	wide := manyBatches(t)
	for _, from := range []dtype.DType{dtype.F32, dtype.F64, dtype.BF16, dtype.I8} {
		source, err := wide.As(from, dtype.Saturate)
		require.NoError(t, err)
		for _, to := range []dtype.DType{dtype.F32, dtype.F64, dtype.F16, dtype.F8E4M3, dtype.I8, dtype.I64} {
			for _, policy := range []dtype.Overflow{dtype.AllowInf, dtype.Saturate} {
				want, err := source.As(to, policy)
				require.NoError(t, err)
				var got bytes.Buffer
				require.NoError(t, source.WriteAs(&got, to, policy))
				require.True(t, bytes.Equal(want.Data, got.Bytes()), "%v to %v", from, to)
			}
		}
	}
}

func TestStoredIsSeenInPartsThatAreBounded(t *testing.T) {
	t.Parallel()
	tensor := manyBatches(t)
	stored := tensor.Stored()
	var largest, seen atomic.Int64
	stored.View = func(from, to int64, see func([]byte) error) error {
		seen.Add(to - from)
		for before := largest.Load(); to-from > before && !largest.CompareAndSwap(before, to-from); before = largest.Load() {
		}
		return see(tensor.Data[from:to])
	}
	n, err := stored.CountOverflow(dtype.F16)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Equal(t, stored.Bytes, seen.Swap(0))
	assert.LessOrEqual(t, largest.Load(), int64(256<<10))
	require.NoError(t, stored.WriteAs(io.Discard, dtype.F16, dtype.AllowInf))
	assert.Equal(t, stored.Bytes, seen.Swap(0))
	assert.LessOrEqual(t, largest.Load(), int64(256<<10))
	require.NoError(t, stored.WriteAs(io.Discard, dtype.F32, dtype.Refuse))
	assert.Equal(t, stored.Bytes, seen.Load())
	assert.LessOrEqual(t, largest.Load(), int64(4<<20))
}

func TestErrorsOfViewsAndWritersComeBack(t *testing.T) {
	t.Parallel()
	tensor := manyBatches(t)
	gone, full := errors.New("the file is gone"), errors.New("the disk is full")
	stored := tensor.Stored()
	stored.View = func(from, to int64, see func([]byte) error) error {
		if to > 1_000_000 {
			return gone
		}
		return see(tensor.Data[from:to])
	}
	for _, to := range []dtype.DType{dtype.F32, dtype.F16} {
		require.ErrorIs(t, stored.WriteAs(io.Discard, to, dtype.AllowInf), gone, to)
		for _, room := range []int{0, 300_000} {
			require.ErrorIs(t, tensor.WriteAs(&roomyWriter{room, full}, to, dtype.AllowInf), full, to)
		}
	}
	_, err := stored.CountOverflow(dtype.F16)
	require.ErrorIs(t, err, gone)
	require.ErrorIs(t, stored.WriteAs(io.Discard, dtype.F16, dtype.Refuse), gone)
}

// roomyWriter has room for so many bytes.
type roomyWriter struct {
	room int
	err  error
}

func (w *roomyWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, w.err
	}
	return len(p), nil
}

func TestPanicsOfViewsReachTheCaller(t *testing.T) {
	t.Parallel()
	stored := manyBatches(t).Stored()
	stored.View = func(int64, int64, func([]byte) error) error { panic("mine") }
	assert.PanicsWithValue(t, "mine", func() { _ = stored.WriteAs(io.Discard, dtype.F16, dtype.AllowInf) })
	assert.PanicsWithValue(t, "mine", func() { _, _ = stored.CountOverflow(dtype.F16) })
}

func TestStoredOfTheWrongSizeIsRefused(t *testing.T) {
	t.Parallel()
	stored := dtype.Stored{Info: dtype.Info{Name: "x", DType: dtype.F32, Shape: []int{3}, Bytes: 8}}
	var size *dtype.SizeError
	require.ErrorAs(t, stored.WriteAs(io.Discard, dtype.F32, dtype.Refuse), &size)
	_, err := stored.CountOverflow(dtype.F16)
	require.ErrorAs(t, err, &size)
}

func TestOverflowIsCountedInEveryPiece(t *testing.T) {
	t.Parallel()
	for _, first := range []int{0, 395_000} { // in the first batch, and in the last one
		tensor := manyBatches(t)
		want := 0
		for i := first; i < tensor.NumElements(); i += 1001 {
			copy(tensor.Data[4*i:], []byte{0, 0, 0, 0x7f}) // 1.7e38
			want++
		}
		for _, to := range []dtype.DType{dtype.F16, dtype.F8E4M3, dtype.F8E5M2, dtype.I64} {
			n, err := tensor.CountOverflow(to)
			require.NoError(t, err)
			assert.Equal(t, want, n, to)
			var refused, allowed bytes.Buffer
			var overflow *dtype.OverflowError
			require.ErrorAs(t, tensor.WriteAs(&refused, to, dtype.Refuse), &overflow, to)
			assert.Equal(t, want, overflow.Report[0].Overflow, to)
			require.NoError(t, tensor.WriteAs(&allowed, to, dtype.AllowInf))
			assert.Less(t, refused.Len(), allowed.Len(), to)
			assert.True(t, bytes.HasPrefix(allowed.Bytes(), refused.Bytes()), to)
			if wrote := first > 0 && runtime.GOMAXPROCS(0) < 8; wrote || first == 0 { // more processors take everything as one batch
				assert.Equal(t, wrote, refused.Len() > 0, to)
			}
		}
	}
}

func TestAsKeepsWhatHasTheFormat(t *testing.T) {
	t.Parallel()
	tensor := manyBatches(t)
	same, err := tensor.As(dtype.F32)
	require.NoError(t, err)
	assert.Same(t, &tensor.Data[0], &same.Data[0])
	narrow, err := tensor.As(dtype.BF16)
	require.NoError(t, err)
	require.NoError(t, narrow.Check())
	assert.Equal(t, tensor.Name, narrow.Name)
	narrow.Shape[0] = 1
	assert.Equal(t, 400_003, tensor.Shape[0], "the shape is the new tensor's own")
}
