package safetensors

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// small returns a file with tensors b of I64, a and c of F32.
func small(t testing.TB) []byte {
	t.Helper()
	b := dtype.Tensor{Name: "b", DType: dtype.I64, Shape: []int{1}, Data: make([]byte, 8)}
	return writeAll(t, []dtype.Tensor{float32s(t, "c", 2), float32s(t, "a", 2, 3), b}, AsIs, Metadata(map[string]string{"k": "v"}))
}

func openSmall(t testing.TB) *File {
	t.Helper()
	b := small(t)
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

func TestFileTellsWhatItHoldsInFileOrder(t *testing.T) {
	t.Parallel()
	f := openSmall(t)
	want := []dtype.Info{
		{Name: "b", DType: dtype.I64, Type: "I64", Shape: []int{1}, Bytes: 8},
		{Name: "a", DType: dtype.F32, Type: "F32", Shape: []int{2, 3}, Bytes: 24},
		{Name: "c", DType: dtype.F32, Type: "F32", Shape: []int{2}, Bytes: 8},
	}
	assert.Equal(t, want, f.Tensors())
	assert.Equal(t, map[string]string{"k": "v", "format": "pt"}, f.Metadata())

	f.Tensors()[0].Shape[0] = 99
	f.Metadata()["k"] = "changed"
	tensor, err := f.Read("b")
	require.NoError(t, err)
	tensor.Shape[0] = 99
	assert.Equal(t, want, f.Tensors(), "what is returned is the caller's")
	assert.Equal(t, "v", f.Metadata()["k"])
}

func TestReadRefusesAnUnknownName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, small(t), 0o644))
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.Read("d\n")
	require.ErrorIs(t, err, TensorNotFound)
	assert.Contains(t, err.Error(), `"d\n"`)
	assert.Contains(t, err.Error(), "m.safetensors")
}

func TestAllStreamsInFileOrderAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	f := openSmall(t)
	var names []string
	for tensor, err := range f.All() {
		require.NoError(t, err)
		require.NoError(t, tensor.Check())
		names = append(names, tensor.Name)
	}
	assert.Equal(t, []string{"b", "a", "c"}, names)
	for tensor, err := range f.All() {
		require.NoError(t, err)
		assert.Equal(t, "b", tensor.Name)
		break
	}
}

// failingReader reads until an offset, and then fails.
type failingReader struct {
	*bytes.Reader
	from int64
	err  error
}

func (r failingReader) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > r.from {
		return 0, r.err
	}
	return r.Reader.ReadAt(p, offset)
}

func TestReadErrorsAreReportedWhereverTheyCome(t *testing.T) {
	t.Parallel()
	b := small(t)
	unreadable := errors.New("input/output error")
	for _, from := range []int64{0, 8, int64(len(b)) - 20, int64(len(b)) - 1} {
		f, err := NewReader(failingReader{bytes.NewReader(b), from, unreadable}, int64(len(b)))
		if from <= 8 {
			require.ErrorIs(t, err, unreadable)
			continue
		}
		require.NoError(t, err)
		var names []string
		for tensor, err := range f.All() {
			if err != nil {
				require.ErrorIs(t, err, unreadable)
				names = append(names, "error")
				continue
			}
			names = append(names, tensor.Name)
		}
		require.Equal(t, "error", names[len(names)-1], "the iteration ends at the error: %v", names)
		require.NotContains(t, names[:len(names)-1], "error")
	}
}

func TestReaderThatIsShorterThanItsSizeIsAnError(t *testing.T) {
	t.Parallel()
	b := small(t)
	for n := range b {
		f, err := NewReader(bytes.NewReader(b[:n]), int64(len(b)))
		if err == nil {
			_, err = f.Read("c")
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
	}
}

func TestFileCutShortWhileOpenIsAnError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, small(t), 0o644))
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, os.Truncate(path, 100))
	_, err = f.Read("c")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Regexp(t, `^safetensors ".*m\.safetensors": read tensor "c": the file became shorter while it was being read`, err.Error())
	err = f.View("c", func([]byte) error { return nil })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.ErrorContains(t, err, `read tensor "c"`)
}

func TestOpenSaysWhyAFileCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Regexp(t, `^safetensors ".*missing": open: `, err.Error())

	_, _, err = Load(dir)
	require.ErrorContains(t, err, "it is a directory")

	if runtime.GOOS != "windows" && runtime.GOOS != "js" {
		_, err = Open(os.DevNull)
		require.ErrorContains(t, err, "not a regular file")
	}
	secret := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(secret, small(t), 0o000))
	if f, err := os.Open(secret); err == nil {
		require.NoError(t, f.Close()) // the administrator reads everything
	} else {
		_, err = Open(secret)
		require.ErrorIs(t, err, os.ErrPermission)
		assert.Contains(t, err.Error(), "secret")
	}
}

func TestCloseEndsReading(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, small(t), 0o644))
	f, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = f.Read("a")
	require.ErrorIs(t, err, os.ErrClosed)
	require.Len(t, f.Tensors(), 3, "what the header says is still known")

	require.NoError(t, openSmall(t).Close(), "there is nothing to close behind NewReader")
}

func TestFileServesManyGoroutines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, small(t), 0o644))
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	want := float32s(t, "a", 2, 3)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				got, err := f.Read("a")
				if !assert.NoError(t, err) || !assert.Equal(t, want, got) {
					return
				}
			}
		})
	}
	group.Wait()
}
