package mapped_test

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/mapped"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// content is long enough to have several pages.
func content() []byte {
	data := make([]byte, 1<<16)
	for i := range data {
		data[i] = byte(i * 7)
	}
	return data
}

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// sources are the same bytes from everywhere.
func sources(t *testing.T, data []byte) map[string]*mapped.Source {
	t.Helper()
	file, err := mapped.Open(write(t, data))
	require.NoError(t, err)
	embedded, err := mapped.OpenFS(fstest.MapFS{"x": {Data: data}}, "x")
	require.NoError(t, err)
	all := map[string]*mapped.Source{"file": file, "reader": mapped.New(bytes.NewReader(data), int64(len(data))), "fs": embedded}
	t.Cleanup(func() {
		for _, s := range all {
			assert.NoError(t, s.Close())
			assert.NoError(t, s.Close(), "twice is once")
		}
	})
	return all
}

func TestEverySourceShowsTheSameBytes(t *testing.T) {
	t.Parallel()
	data := content()
	for name, s := range sources(t, data) {
		assert.Equal(t, int64(len(data)), s.Size(), name)
		require.NoError(t, s.View(100, 5000, func(got []byte) error {
			assert.Equal(t, data[100:5100], got, name)
			return nil
		}), name)
		assert.NoError(t, iotest.TestReader(io.NewSectionReader(s, 0, s.Size()), data), name)
	}
}

func TestChecksumsAreThoseOfTheBytes(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat(content(), 50)
	for name, s := range sources(t, data) {
		for _, r := range [][2]int64{{0, 0}, {0, int64(len(data))}, {100, 1 << 20}, {5, 1<<20 + 1}, {int64(len(data)), 0}} {
			got, err := s.CRC32(r[0], r[1])
			require.NoError(t, err, name)
			assert.Equal(t, crc32.ChecksumIEEE(data[r[0]:r[0]+r[1]]), got, "%s %v", name, r)
		}
		_, err := s.CRC32(1, int64(len(data)))
		assert.Error(t, err, name)
	}
}

func TestRangesOutsideAreRefused(t *testing.T) {
	t.Parallel()
	for name, s := range sources(t, content()) {
		for _, r := range [][2]int64{{-1, 1}, {0, -1}, {0, 1<<16 + 1}, {1 << 16, 1}, {1<<63 - 1, 1}, {1, 1<<63 - 1}} {
			err := s.View(r[0], r[1], func([]byte) error { t.Error("called"); return nil })
			assert.ErrorIs(t, err, mapped.ErrRange, "%s %v", name, r)
		}
		assert.NoError(t, s.View(1<<16, 0, func(got []byte) error { assert.Empty(t, got); return nil }), name)
	}
}

func TestErrorsOfTheFileAreToldFromThoseOfWhoLooks(t *testing.T) {
	t.Parallel()
	own := errors.New("own")
	named := func(err error) error { return errors.Join(errors.New("named"), err) }
	for name, s := range sources(t, content()) {
		assert.Equal(t, own, s.Show(3, 5, func([]byte) error { return own }, named), name)
		assert.NoError(t, s.Show(3, 5, func(data []byte) error { assert.Equal(t, content()[3:8], data); return nil }, named), name)
		err := s.Show(1<<16, 1, func([]byte) error { return own }, named)
		assert.ErrorIs(t, err, mapped.ErrRange, name)
		assert.ErrorContains(t, err, "named", name)
	}
}

func TestAnEmptyFileIsEmpty(t *testing.T) {
	t.Parallel()
	for name, s := range sources(t, nil) {
		assert.Zero(t, s.Size(), name)
		n, err := s.ReadAt(make([]byte, 3), 0)
		assert.Zero(t, n, name)
		assert.ErrorIs(t, err, io.EOF, name)
	}
}

func TestAFileCutShortIsAnError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	path := write(t, content())
	s, err := mapped.Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	require.NoError(t, os.Truncate(path, 10))
	sum := byte(0)
	err = s.View(0, s.Size(), func(data []byte) error {
		for _, b := range data {
			sum += b
		}
		return nil
	})
	assert.ErrorIs(t, err, mapped.ErrCutShort)
	_, err = s.ReadAt(make([]byte, 100), 50000)
	assert.ErrorIs(t, err, mapped.ErrCutShort)
}

func TestAFileCutShortWithinAPageIsAnError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	path := write(t, []byte("a few bytes"))
	s, err := mapped.Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	require.NoError(t, os.Truncate(path, 5))
	seen := func([]byte) error { return nil }
	assert.ErrorIs(t, s.View(0, 11, seen), mapped.ErrCutShort)
	assert.ErrorIs(t, s.View(0, 6, seen), io.ErrUnexpectedEOF)
	assert.NoError(t, s.View(0, 5, seen), "what is still there can be seen")
}

func TestWritingWhatWasCutShortIsAnError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	path := write(t, content())
	s, err := mapped.Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	other, err := os.Create(filepath.Join(t.TempDir(), "copy"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, other.Close()) }()
	require.NoError(t, os.Truncate(path, 10))
	err = s.View(0, s.Size(), func(data []byte) error { _, err := other.Write(data); return err })
	assert.ErrorIs(t, err, mapped.ErrCutShort)
}

func TestViewsMayNest(t *testing.T) {
	t.Parallel()
	for name, s := range sources(t, content()) {
		assert.NoError(t, s.View(0, 1, func([]byte) error {
			return s.View(1, 1, func(inner []byte) error { assert.Equal(t, []byte{7}, inner, name); return nil })
		}), name)
	}
}

func TestOtherPanicsAreNotSwallowed(t *testing.T) {
	t.Parallel()
	for name, s := range sources(t, content()) {
		assert.PanicsWithValue(t, "mine", func() { _ = s.View(0, 1, func([]byte) error { panic("mine") }) }, name)
		assert.Panics(t, func() { _ = s.View(0, 1, func([]byte) error { var p *int; *p = 1; return nil }) }, name)
	}
}

func TestCloseWaitsForViews(t *testing.T) {
	t.Parallel()
	s, err := mapped.Open(write(t, content()))
	require.NoError(t, err)
	var views sync.WaitGroup
	for range 8 {
		views.Go(func() {
			for {
				err := s.View(0, s.Size(), func(data []byte) error { _ = bytes.Count(data, []byte{1}); return nil })
				if errors.Is(err, fs.ErrClosed) {
					return
				}
				assert.NoError(t, err)
			}
		})
	}
	assert.NoError(t, s.Close())
	views.Wait()
}

func TestWhatIsNoRegularFileIsRefused(t *testing.T) {
	t.Parallel()
	_, err := mapped.Open(t.TempDir())
	assert.ErrorContains(t, err, "it is a directory")
	if runtime.GOOS != "windows" && runtime.GOOS != "js" {
		_, err = mapped.Open(os.DevNull)
		assert.ErrorContains(t, err, "not a regular file")
	}
	_, err = mapped.Open(filepath.Join(t.TempDir(), "absent"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = mapped.OpenFS(fstest.MapFS{"d/x": {}}, "d")
	assert.ErrorContains(t, err, "it is a directory")
}
