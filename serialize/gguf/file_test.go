package gguf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/quant/ggml"
)

// save writes bytes to a file of a new folder.
func save(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, b, 0o600))
	return path
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	tensors, as := wholeTensors(t)
	path := filepath.Join(t.TempDir(), "m.gguf")
	require.NoError(t, Save(path, everyKind(), tensors, as))
	loaded, metadata, err := Load(path)
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprint(everyKind().With(KeyQuantizationVersion, Of(uint32(2)))), fmt.Sprint(metadata), "NaN is equal to nothing, its text is")
	require.Len(t, loaded, len(tensors))
	f, err := Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	for i, want := range tensors {
		to := as(want.Stored().Info)
		info := f.Tensors()[i]
		assert.Equal(t, want.Name, info.Name)
		assert.Equal(t, want.Shape, info.Shape, want.Name)
		assert.Equal(t, to.String(), info.Type)
		assert.Equal(t, to.DType(), info.DType)
		if to.DType() != 0 {
			as, err := want.As(to.DType())
			require.NoError(t, err)
			assert.Equal(t, as, loaded[i])
			continue
		}
		values, err := want.Float32s(nil)
		require.NoError(t, err)
		blocks := make([]byte, info.Bytes)
		require.NoError(t, ggml.Encode(blocks, to, values))
		require.NoError(t, f.View(want.Name, func(data []byte) error {
			assert.Equal(t, blocks, data, want.Name)
			return nil
		}))
		require.NoError(t, ggml.Decode(values, to, blocks))
		decoded, err := dtype.FromFloat32s(want.Name, want.Shape, values, dtype.F32)
		require.NoError(t, err)
		assert.Equal(t, decoded, loaded[i])
	}
}

func TestEverySourceGivesTheSameFile(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	path := save(t, "m.gguf", b)
	mappedFile, err := Open(path)
	require.NoError(t, err)
	embedded, err := OpenFS(fstest.MapFS{"x.gguf": {Data: b}}, "x.gguf")
	require.NoError(t, err)
	for _, f := range []*File{mappedFile, embedded, opened(t, b)} {
		assert.Equal(t, 3, f.Version())
		assert.False(t, f.BigEndian())
		assert.Equal(t, 1, f.Parts())
		assert.Equal(t, int64(32), f.parts[0].alignment)
		assert.True(t, bytes.Equal(b, copied(t, f)), "written again it is the same")
		require.NoError(t, f.Close())
	}
	_, err = Open(filepath.Join(t.TempDir(), "absent.gguf"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open(t.TempDir())
	assert.ErrorContains(t, err, "directory")
}

func TestVersion2IsReadAndWrittenAsVersion3(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	old := bytes.Clone(b)
	old[4] = 2
	f := opened(t, old)
	assert.Equal(t, 2, f.Version())
	assert.True(t, bytes.Equal(b, copied(t, f)))
}

func TestTruncatedFilesAreRefusedWhereverTheyEnd(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	f := opened(t, b)
	last := f.entries[len(f.entries)-1]
	end := int(last.offset + last.Bytes)
	for n := range len(b) {
		if data := int(f.parts[0].headerEnd); n > data && n < end-1 && (n-data)%31 != 0 && !testmode.Long() {
			continue
		}
		_, err := NewReader(bytes.NewReader(b[:n]), int64(n))
		if n >= end {
			require.NoError(t, err, "only padding is missing at byte %d", n)
			continue
		}
		var format *FormatError
		require.ErrorAs(t, err, &format, "byte %d", n)
		require.True(t, format.Kind == Truncated || n < 4 && format.Kind == NotGGUF, "byte %d: %v", n, err)
	}
}

func TestAFileCutShortWhileItIsReadIsAnError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	for _, kind := range []ggml.Type{ggml.F32, ggml.Q8_0} { // blocks are decoded by several goroutines
		path := save(t, "m.gguf", written(t, nil, []dtype.Tensor{wave(t, "x", 1<<20)}, only(kind)))
		f, err := Open(path)
		require.NoError(t, err)
		require.NoError(t, os.Truncate(path, 100))
		_, err = f.Read("x")
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.ErrorContains(t, err, `tensor "x"`)
		assert.ErrorContains(t, err, "m.gguf")
		assert.NoError(t, f.Close())
	}
}

var errSource = errors.New("the disk is on fire")

// brokenReader fails beyond a byte.
type brokenReader struct {
	r    io.ReaderAt
	from int64
}

func (b brokenReader) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > b.from {
		return 0, errSource
	}
	return b.r.ReadAt(p, offset)
}

func TestErrorsOfTheDiskComeBack(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	for _, from := range []int64{3, 10} {
		_, err := NewReader(brokenReader{bytes.NewReader(b), from}, int64(len(b)))
		assert.ErrorIs(t, err, errSource)
	}
	f := opened(t, written(t, nil, []dtype.Tensor{wave(t, "x", 1<<16), wave(t, "y", 1<<16)}, only(ggml.Q8_0)))
	f.entries[1].source = mapped.New(brokenReader{bytes.NewReader(b), 0}, 1<<20)
	count := 0
	for _, err := range f.All() {
		if count++; count == 2 {
			assert.ErrorIs(t, err, errSource)
		}
	}
	assert.Equal(t, 2, count)
}

func TestErrorsOfViewersComeBackAsTheyAre(t *testing.T) {
	t.Parallel()
	f := opened(t, wholeFile(t))
	mine := errors.New("mine")
	for _, name := range []string{"scalar", "blk.0.Q4_K.weight"} {
		assert.Equal(t, mine, f.View(name, func([]byte) error { return mine }))
		s, err := f.Decoded(name)
		require.NoError(t, err)
		assert.Equal(t, mine, s.View(0, s.Bytes, func([]byte) error { return mine }))
	}
	for _, err := range []error{f.View("y", nil), second(f.Read("y")), second(f.Stored("y")), second(f.Decoded("y"))} {
		assert.ErrorIs(t, err, TensorNotFound)
		assert.ErrorContains(t, err, `"y"`)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAnyPartOfADecodedTensorIsThatPart(t *testing.T) {
	t.Parallel()
	f := opened(t, written(t, nil, []dtype.Tensor{wave(t, "x", 3, 512)}, only(ggml.Q4_K)))
	whole, err := f.Read("x")
	require.NoError(t, err)
	s, err := f.Decoded("x")
	require.NoError(t, err)
	assert.Equal(t, int64(len(whole.Data)), s.Bytes)
	for from := int64(0); from <= s.Bytes; from += 97 {
		for _, to := range []int64{from, from + 1, from + 1024, from + 1500, s.Bytes} {
			if to <= s.Bytes {
				require.NoError(t, s.View(from, to, func(data []byte) error {
					require.Equal(t, whole.Data[from:to], data, "%d to %d", from, to)
					return nil
				}))
			}
		}
	}
}

func TestTypesThatAreNotDecodedAreShownButNotRead(t *testing.T) {
	t.Parallel()
	f := opened(t, one(ggml.IQ2_XXS, 66, 256))
	assert.Equal(t, dtype.Info{Name: "x", Type: "IQ2_XXS", Shape: []int{256}, Bytes: 66}, f.Tensors()[0])
	require.NoError(t, f.View("x", func(data []byte) error { assert.Len(t, data, 66); return nil }))
	_, err := f.Read("x")
	assert.ErrorIs(t, err, Unsupported)
	assert.ErrorContains(t, err, "IQ2_XXS")
	assert.ErrorIs(t, f.Content(dtype.Info{Name: "x", DType: dtype.F32, Shape: []int{256}}, io.Discard), Unsupported)
}

func TestWhatStandsBetweenTensorsIsFound(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	f := opened(t, b)
	hidden, err := f.Hidden()
	require.NoError(t, err)
	assert.Empty(t, hidden)
	scalar := f.entries[f.index["scalar"]]
	b[scalar.offset+10] = 1
	header := f.entries[0].offset - 1
	if header >= f.parts[0].headerEnd {
		b[header] = 1
	}
	b = append(b, "\x00\x00secret"...)
	hidden, err = opened(t, b).Hidden()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(hidden), 2)
	assert.Contains(t, hidden, Hidden{Offset: scalar.offset + 4, Bytes: 28})
	last := hidden[len(hidden)-1]
	assert.Equal(t, int64(len(b)), last.Offset+last.Bytes)
}

func TestTenThousandTensorsAreRead(t *testing.T) {
	t.Parallel()
	var tensors []dtype.Tensor
	for i := range 10_000 {
		tensors = append(tensors, dtype.Tensor{Name: fmt.Sprintf("h.%d.wëight", i), DType: dtype.I8, Shape: []int{1, 1}, Data: []byte{byte(i)}})
	}
	b := written(t, nil, tensors, only(ggml.I8))
	f := opened(t, b)
	i := 0
	for got, err := range f.All() {
		require.NoError(t, err)
		require.Equal(t, tensors[i], got)
		i++
	}
	assert.Equal(t, 10_000, i)
	assert.True(t, bytes.Equal(b, copied(t, f)))
}

func TestAFileServesSeveralGoroutines(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	f, err := Open(save(t, "m.gguf", b))
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	var wanted []dtype.Tensor
	for tensor, err := range opened(t, b).All() {
		require.NoError(t, err)
		wanted = append(wanted, tensor)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for _, want := range wanted {
				got, err := f.Read(want.Name)
				assert.NoError(t, err)
				assert.Equal(t, want, got)
			}
		})
	}
	readers.Wait()
}
