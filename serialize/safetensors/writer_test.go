package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/internal/testmode"
)

// floats makes an F32 tensor of one dimension.
func floats(t testing.TB, name string, values ...float32) dtype.Tensor {
	t.Helper()
	tensor, err := dtype.FromFloat32s(name, []int{len(values)}, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// requireNames asserts that dir holds these names and nothing else.
func requireNames(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(names))
	for i, e := range entries {
		require.Equal(t, names[i], e.Name())
	}
}

func TestSaveThenLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	tensors := []dtype.Tensor{float32s(t, "fc1.weight", 3, 2), float32s(t, "fc1.bias", 3), float32s(t, "scale")}
	for _, dt := range []dtype.DType{dtype.F32, dtype.BF16, dtype.F16} {
		require.NoError(t, Save(path, tensors, dt, Metadata(map[string]string{"epoch": "3"})))
		loaded, metadata, err := Load(path)
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"epoch": "3", "format": "pt"}, metadata)
		require.Len(t, loaded, 3)
		for i, name := range []string{"fc1.bias", "fc1.weight", "scale"} {
			assert.Equal(t, name, loaded[i].Name)
			assert.Equal(t, dt, loaded[i].DType)
		}
		values, err := loaded[1].Float32s(nil)
		require.NoError(t, err)
		assert.Equal(t, []float32{0, 1, 2, 3, 4, 5}, values)
		assert.Equal(t, []int{3, 2}, loaded[1].Shape)
		assert.Equal(t, []int{}, loaded[2].Shape)

		file, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, writeAll(t, tensors, dt, Metadata(metadata)), file, "Save and Write make the same bytes")
	}
}

func TestOverflowIsRefusedForAllTensorsAtOnceAndWritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	inf := float32(math.Inf(1))
	tensors := []dtype.Tensor{floats(t, "b", 1, 1e5, -1e5), floats(t, "fits", 1, inf), floats(t, "a", 7e4)}
	want := dtype.OverflowReport{
		{Name: "b", From: dtype.F32, To: dtype.F16, Overflow: 2, Values: 3},
		{Name: "a", From: dtype.F32, To: dtype.F16, Overflow: 1, Values: 1},
	}

	var report dtype.OverflowReport
	err := Save(path, tensors, dtype.F16, CountOverflow(&report))
	var overflow *dtype.OverflowError
	require.ErrorAs(t, err, &overflow)
	assert.Equal(t, want, overflow.Report)
	assert.Equal(t, want, report)
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(old))
	requireNames(t, dir, "model.safetensors")

	for name, c := range map[string]struct {
		option Option
		want   []float32
	}{
		"AllowInf": {AllowInf(), []float32{1, inf, -inf}},
		"Saturate": {Saturate(), []float32{1, 65504, -65504}},
	} {
		report = nil
		require.NoError(t, Save(path, tensors, dtype.F16, c.option, CountOverflow(&report)), name)
		assert.Equal(t, want, report, name)
		f, err := Open(path)
		require.NoError(t, err)
		b, err := f.Read("b")
		require.NoError(t, err)
		values, err := b.Float32s(nil)
		require.NoError(t, err)
		assert.Equal(t, c.want, values, name)
		require.NoError(t, f.Close())
	}

	report = want
	require.NoError(t, Save(path, tensors, dtype.BF16, CountOverflow(&report)))
	assert.Empty(t, report, "everything fits in BF16")
}

func TestWriteRefusesWhatTheFormatCannotHold(t *testing.T) {
	t.Parallel()
	x := floats(t, "x", 1)
	misshapen := x
	misshapen.Shape = []int{2}
	double := dtype.Tensor{Name: "d", DType: dtype.F64, Shape: []int{0}}
	isKind := func(kind Kind) func(error) bool {
		return func(err error) bool {
			var format *FormatError
			return errors.As(err, &format) && format.Kind == kind && errors.Is(err, kind)
		}
	}
	isCast := func(err error) bool { var e *dtype.CastError; return errors.As(err, &e) }
	isSize := func(err error) bool { var e *dtype.SizeError; return errors.As(err, &e) }
	cases := []struct {
		name    string
		tensors []dtype.Tensor
		dt      dtype.DType
		option  Option
		is      func(error) bool
	}{
		{"two of a name", []dtype.Tensor{x, float32s(t, "y", 2), x}, AsIs, AllowInf(), isKind(DuplicateName)},
		{"reserved name", []dtype.Tensor{floats(t, "__metadata__")}, AsIs, AllowInf(), isKind(InvalidName)},
		{"name not UTF-8", []dtype.Tensor{floats(t, "\xff")}, AsIs, AllowInf(), isKind(InvalidName)},
		{"metadata key not UTF-8", nil, AsIs, Metadata(map[string]string{"\xff": ""}), isKind(InvalidName)},
		{"metadata not UTF-8", nil, AsIs, Metadata(map[string]string{"a": "\xff"}), isKind(InvalidName)},
		{"data of another size", []dtype.Tensor{misshapen}, AsIs, AllowInf(), isSize},
		{"no dtype", []dtype.Tensor{{Name: "x", Data: []byte{1}}}, AsIs, AllowInf(), isSize},
		{"F32 to F4", []dtype.Tensor{x}, dtype.F4, AllowInf(), isCast},
		{"F32 to BOOL", []dtype.Tensor{x}, dtype.Bool, AllowInf(), isCast},
		{"F32 to integers", []dtype.Tensor{x}, dtype.I8, AllowInf(), isCast},
		{"F64 to no dtype", []dtype.Tensor{double}, dtype.DType(99), AllowInf(), isCast},
	}
	for _, c := range cases {
		var b bytes.Buffer
		err := Write(&b, c.tensors, c.dt, c.option)
		require.Error(t, err, c.name)
		assert.True(t, c.is(err), "%s: %v", c.name, err)
		assert.Zero(t, b.Len(), c.name)
		assert.NotContains(t, err.Error(), "\n", c.name)

		dir := t.TempDir()
		require.Error(t, Save(filepath.Join(dir, "x"), c.tensors, c.dt, c.option), c.name)
		requireNames(t, dir)
	}
}

// longText is metadata that makes a header of n bytes.
func longText(n int) Option {
	return ExactMetadata(map[string]string{"a": strings.Repeat("a", n-len(`{"__metadata__":{"a":""}}`))})
}

func TestHeaderBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := Write(&b, nil, AsIs, longText(maxHeader+1))
	require.ErrorIs(t, err, HeaderTooLarge)
	assert.Contains(t, err.Error(), "100,000,008 bytes")
	assert.Zero(t, b.Len())
}

func TestLargestHeaderIsWrittenAndRead(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("run with -long to write and read a header of 100 MB")
	}
	b := writeAll(t, nil, AsIs, longText(maxHeader))
	require.Len(t, b, lengthSize+maxHeader)
	_, err := NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
}

func TestWriteStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	tensors := []dtype.Tensor{float32s(t, "a", 5000), float32s(t, "b", 5000)}
	whole := writeAll(t, tensors, dtype.BF16)
	broken := errors.New("disk full")
	for _, room := range []int{0, 8, 100, len(whole) / 2, len(whole) - 1} {
		w := &smallWriter{room: room, err: broken}
		require.ErrorIs(t, Write(w, tensors, dtype.BF16), broken)
		assert.Equal(t, string(whole[:room]), string(w.written), "what was written is the beginning of the file")
	}
}

// smallWriter has room for so many bytes, and then fails.
type smallWriter struct {
	room    int
	written []byte
	err     error
}

func (w *smallWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room-len(w.written))
	w.written = append(w.written, p[:n]...)
	if n < len(p) {
		return n, w.err
	}
	return n, nil
}

func TestSaveNamesThePathAndTheStep(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "model.safetensors")
	err := Save(path, nil, AsIs)
	var failed *atomicfile.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, atomicfile.Create, failed.Step)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Contains(t, err.Error(), "model.safetensors")
	assert.NotContains(t, err.Error(), "\n")
}

// TestWriteNeedsLittleMemory is not parallel, so that it measures its own allocations.
func TestWriteNeedsLittleMemory(t *testing.T) {
	const n = 1 << 20
	tensors := []dtype.Tensor{
		{Name: "a", DType: dtype.F32, Shape: []int{n}, Data: make([]byte, 4*n)},
		{Name: "b", DType: dtype.F64, Shape: []int{n}, Data: bytes.Repeat(binary.LittleEndian.AppendUint64(nil, math.Float64bits(1)), n)},
	}
	for _, dt := range []dtype.DType{AsIs, dtype.F32, dtype.BF16, dtype.F16} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NoError(t, Write(io.Discard, tensors, dt))
		runtime.ReadMemStats(&after)
		perProcessor := uint64(2 << 20) // two pieces of 256 KiB, and what converts them
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, perProcessor*uint64(runtime.GOMAXPROCS(0)), "12 MiB of tensors to %v", dt)
	}
}
