package safetensors

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// openBoth opens the same file in memory and mapped.
func openBoth(t *testing.T, b []byte) map[string]*File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, b, 0o644))
	f, err := Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return map[string]*File{"mapped": f, "read": openBytes(t, b)}
}

// elements picks a slice by definition: element by element, of dtypes that fill bytes.
func elements(tensor dtype.Tensor, ranges []Range) []byte {
	width := tensor.DType.Bits() / 8
	var out []byte
	for i := range tensor.NumElements() {
		rest, inside := i, true
		for d := len(tensor.Shape) - 1; d >= 0; d-- {
			at := rest % tensor.Shape[d]
			rest /= tensor.Shape[d]
			inside = inside && (d >= len(ranges) || at >= ranges[d].From && at < ranges[d].To)
		}
		if inside {
			out = append(out, tensor.Data[i*width:(i+1)*width]...)
		}
	}
	return out
}

func TestSlicesAreTheElementsOfTheirRanges(t *testing.T) {
	t.Parallel()
	tensor := float32s(t, "x", 3, 4, 2, 5)
	r := rand.New(rand.NewPCG(1, 2))
	for name, f := range openBoth(t, writeAll(t, []dtype.Tensor{tensor}, AsIs)) {
		for range 500 {
			var ranges []Range
			shape := append([]int(nil), tensor.Shape...)
			for d := range r.IntN(5) {
				from := r.IntN(tensor.Shape[d] + 1)
				to := from + r.IntN(tensor.Shape[d]-from+1)
				ranges = append(ranges, Range{from, to})
				shape[d] = to - from
			}
			got, err := f.ReadSlice("x", ranges...)
			require.NoError(t, err)
			require.NoError(t, got.Check(), "%s %v", name, ranges)
			require.Equal(t, shape, got.Shape, "%s %v", name, ranges)
			require.Equal(t, elements(tensor, ranges), append([]byte(nil), got.Data...), "%s %v", name, ranges)
		}
	}
}

// TestSlicesOfTheReference are those of the reference implementation's tests (safetensors/src/slice.rs).
func TestSlicesOfTheReference(t *testing.T) {
	t.Parallel()
	f := openBytes(t, writeAll(t, []dtype.Tensor{float32s(t, "attn_0", 1, 2, 3)}, AsIs))
	for _, c := range []struct {
		ranges []Range
		shape  []int
		want   []float32
	}{
		{nil, []int{1, 2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		{[]Range{{0, 1}}, []int{1, 2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		{[]Range{{0, 1}, {0, 1}}, []int{1, 1, 3}, []float32{0, 1, 2}},
		{[]Range{{0, 1}, {0, 2}, {0, 1}}, []int{1, 2, 1}, []float32{0, 3}},
		{[]Range{{0, 1}, {1, 2}, {0, 1}}, []int{1, 1, 1}, []float32{3}},
		{[]Range{{0, 1}, {0, 2}, {1, 3}}, []int{1, 2, 2}, []float32{1, 2, 4, 5}},
	} {
		got, err := f.ReadSlice("attn_0", c.ranges...)
		require.NoError(t, err)
		assert.Equal(t, c.shape, got.Shape)
		values, err := got.Float32s(nil)
		require.NoError(t, err)
		assert.Equal(t, c.want, values, "%v", c.ranges)
	}
}

func TestSlicesOfScalarsAndOfNothing(t *testing.T) {
	t.Parallel()
	for name, f := range openBoth(t, writeAll(t, []dtype.Tensor{float32s(t, "scalar"), float32s(t, "none", 3, 0, 2)}, AsIs)) {
		got, err := f.ReadSlice("scalar")
		require.NoError(t, err, name)
		assert.Equal(t, float32s(t, "scalar"), got, name)
		got, err = f.ReadSlice("none", Range{1, 2}, Range{0, 0}, Range{1, 2})
		require.NoError(t, err, name)
		assert.Equal(t, []int{1, 0, 1}, got.Shape, name)
		assert.NoError(t, got.Check(), name)
	}
}

func TestSlicesThatTheTensorDoesNotHaveAreRefused(t *testing.T) {
	t.Parallel()
	f := openBytes(t, writeAll(t, []dtype.Tensor{float32s(t, "x", 2, 3)}, AsIs))
	for _, c := range []struct {
		ranges []Range
		kind   Kind
	}{
		{[]Range{{0, 2}, {0, 3}, {0, 1}}, TooManySlices},
		{[]Range{{0, 3}}, SliceOutOfRange},
		{[]Range{{-1, 1}}, SliceOutOfRange},
		{[]Range{{2, 1}}, SliceOutOfRange},
		{[]Range{{0, 2}, {3, 4}}, SliceOutOfRange},
	} {
		_, err := f.ReadSlice("x", c.ranges...)
		require.ErrorIs(t, err, c.kind, "%v", c.ranges)
		assert.ErrorContains(t, err, `"x"`)
	}
	_, err := f.ReadSlice("y")
	require.ErrorIs(t, err, TensorNotFound)
}

func TestSlicesOfNarrowElementsBeginAndEndAtBytes(t *testing.T) {
	t.Parallel()
	four := dtype.Tensor{Name: "four", DType: dtype.F4, Shape: []int{2, 3, 2}, Data: []byte{0, 1, 2, 3, 4, 5}}
	six := dtype.Tensor{Name: "six", DType: dtype.F6E2M3, Shape: []int{2, 4}, Data: []byte{0, 1, 2, 3, 4, 5}}
	for name, f := range openBoth(t, writeAll(t, []dtype.Tensor{four, six}, AsIs)) {
		got, err := f.ReadSlice("four", Range{0, 2}, Range{1, 3})
		require.NoError(t, err, name)
		assert.Equal(t, []byte{1, 2, 4, 5}, got.Data, name)
		assert.NoError(t, got.Check(), name)
		got, err = f.ReadSlice("six", Range{1, 2})
		require.NoError(t, err, name)
		assert.Equal(t, []byte{3, 4, 5}, got.Data, name)
		for _, ranges := range [][]Range{{{0, 2}, {0, 3}, {0, 1}}, {{0, 1}, {1, 2}, {1, 2}}} {
			_, err = f.ReadSlice("four", ranges...)
			require.ErrorIs(t, err, MisalignedSlice, "%s %v", name, ranges)
		}
		_, err = f.ReadSlice("six", Range{0, 2}, Range{1, 4})
		require.ErrorIs(t, err, MisalignedSlice, name)
	}
}

func TestASliceReadsNoMoreThanItsRuns(t *testing.T) {
	t.Parallel()
	b := writeAll(t, []dtype.Tensor{float32s(t, "x", 100, 1000)}, AsIs)
	r := &countingReader{b: b}
	f, err := NewReader(r, int64(len(b)))
	require.NoError(t, err)
	r.n = 0
	_, err = f.ReadSlice("x", Range{10, 12})
	require.NoError(t, err)
	assert.Equal(t, 8000, r.n)
	r.n = 0
	_, err = f.ReadSlice("x", Range{10, 20}, Range{3, 4})
	require.NoError(t, err)
	assert.Equal(t, 40, r.n)
}

// countingReader counts the bytes that are read of it.
type countingReader struct {
	b []byte
	n int
}

func (r *countingReader) ReadAt(p []byte, offset int64) (int, error) {
	n := copy(p, r.b[offset:])
	r.n += n
	return n, nil
}
