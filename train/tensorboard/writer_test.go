package tensorboard

import (
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

// at is a clock that stands still: wall time 1600000000.25.
func at() time.Time { return time.Unix(1_600_000_000, 250_000_000) }

const wallTime = 1_600_000_000.25

// create makes a writer, and takes it for a mistake of the test if that fails.
func create(t testing.TB, dir string, opts ...Option) *Writer {
	t.Helper()
	w, err := Create(dir, append([]Option{Clock(at)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// content closes the writer and returns what is in its file.
func content(t testing.TB, w *Writer) []byte {
	t.Helper()
	require.NoError(t, w.Close())
	b, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	return b
}

// writeGolden notes what goldenFile says after its Version and its Start.
func writeGolden(t testing.TB, w *Writer) {
	t.Helper()
	require.NoError(t, w.Scalar("loss", 3, 0.5))
	require.NoError(t, w.Scalar("loss", 4, 0))
	require.NoError(t, w.Histogram("w", -1, []float32{1, -1, 0, float32(math.NaN()), 1}))
	require.NoError(t, w.Histogram("none", 1<<30, nil))
}

// goldenFile is byte for byte what TensorBoard's own RecordWriter and protocol buffers make of the same events:
// TestTensorBoardWritesTheSameBytes. A record is: length, checksum; time, step, value; checksum.
const goldenFile = `
1800000000000000 a37f4b22
  090000100084d7d741 1a0d 627261696e2e4576656e743a32
dadad232
0d00000000000000 3c37b834
  090000100084d7d741 3a02 0801
5a15d298
1a00000000000000 129bd82d
  090000100084d7d741 1003 2a0d 0a0b 0a04 6c6f7373 15 0000003f
840e68aa
1a00000000000000 129bd82d
  090000100084d7d741 1004 2a0d 0a0b 0a04 6c6f7373 15 00000000
8d408117
c100000000000000 03c17ac8
  090000100084d7d741 10ffffffffffffffffff01 2aaa01 0aa701 0a01 77 2aa101
    09 000000000000f0bf
    11 000000000000f03f
    19 0000000000001040
    21 000000000000f03f
    29 0000000000000840
    3238 2b14facdbe24f0bf 08996919155aedbf 0000000000000000 11ea2d819997713d
         08996919155aed3f 2b14facdbe24f03f ffffffffffffef7f
    3a38 0000000000000000 000000000000f03f 0000000000000000 000000000000f03f
         0000000000000000 0000000000000040 0000000000000000
6f12af50
2f00000000000000 6d5d1d50
  090000100084d7d741 108080808004 2a1e 0a1c 0a04 6e6f6e65 2a14
    3208 ffffffffffffef7f
    3a08 0000000000000000
7783adf8
`

func golden(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(goldenFile), ""))
	require.NoError(t, err)
	return b
}

func TestFileIsByteForByteAsTensorBoardWritesIt(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	writeGolden(t, w)
	assert.Equal(t, hex.Dump(golden(t)), hex.Dump(content(t, w)))
}

func TestNameHasTheTimeTheHostAndTheSuffix(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "runs", "new")
	w := create(t, dir, Suffix(".eval/é\n"))
	assert.Equal(t, dir, filepath.Dir(w.Path()))
	assert.Regexp(t, `^events\.out\.tfevents\.1600000000\.[A-Za-z0-9._-]+\.eval____$`, filepath.Base(w.Path()))
}

func TestNewFileIsReadAfterAllOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"events.out.tfevents.1600000007.zzz", "events.out.tfevents.12.a", "metrics.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
	first, second := create(t, dir), create(t, dir) // by a clock that was put back, and in one second
	assert.Contains(t, first.Path(), "tfevents.1600000008.")
	assert.Contains(t, second.Path(), "tfevents.1600000009.")
}

func TestWritersThatBeginAtOnceGetFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			w, err := Create(dir, Clock(at))
			if assert.NoError(t, err) {
				assert.NoError(t, w.Close())
			}
		})
	}
	wait.Wait()
	names, err := eventFiles(dir)
	require.NoError(t, err)
	assert.Len(t, names, 8)
}

func TestFolderWhoseLastFileCannotBeFollowedIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"zzz.tfevents", "events.out.tfevents.9999999999.a", "events.out.tfevents.9223372036854775807.a"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
		_, err := Create(dir)
		require.ErrorContains(t, err, name)
		require.ErrorContains(t, err, "rename or remove")
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, left, 1)
	}
}

func TestFileInPlaceOfTheFolderIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.WriteFile(path, nil, 0o666))
	_, err := Create(path)
	require.ErrorContains(t, err, path)
}

func TestTagThatIsNotTextIsRefusedAndTheNextOneIsNot(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	require.ErrorContains(t, w.Scalar("a\xff\n", 1, 1), `"a\xff\n"`)
	require.Error(t, w.Histogram("a\xff", 1, nil))
	require.NoError(t, w.Scalar("a", 1, 1))
	events := readAll(t, content(t, w))
	assert.Equal(t, []Event{{wallTime, 1, "a", Scalar(1)}}, events[2:])
}

func TestEventsAreInTheFileBeforeTheWriterIsClosed(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	require.NoError(t, w.Scalar("a", 1, 1))
	b, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	assert.Len(t, readAll(t, b), 3)
	require.NoError(t, w.Flush())
}

func TestClosedWriterRefusesEvents(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	before := content(t, w)
	require.ErrorIs(t, w.Scalar("a", 1, 1), os.ErrClosed)
	require.ErrorIs(t, w.Histogram("a", 1, nil), os.ErrClosed)
	require.ErrorIs(t, w.Flush(), os.ErrClosed)
	require.ErrorIs(t, w.Close(), os.ErrClosed)
	after, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

// disk is a file on a disk that fails.
type disk struct {
	room             int // bytes left
	syncing, closing error
	written          []byte
	writes, closed   int
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(b []byte) (int, error) {
	d.writes++
	n := min(len(b), d.room)
	d.room -= n
	d.written = append(d.written, b[:n]...)
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func (d *disk) Sync() error  { return d.syncing }
func (d *disk) Close() error { d.closed++; return d.closing }

func TestNothingIsWrittenBehindATornRecord(t *testing.T) {
	t.Parallel()
	d := &disk{room: 100}
	w := &Writer{file: d, now: at}
	require.NoError(t, w.begin(0))
	require.ErrorIs(t, w.Scalar("a", 1, 1), errFull)
	d.room = 1000
	writes := d.writes
	require.ErrorIs(t, w.Scalar("a", 2, 1), errFull)
	require.ErrorIs(t, w.Flush(), errFull)
	require.ErrorIs(t, w.Close(), errFull)
	assert.Equal(t, writes, d.writes)
	assert.Equal(t, 1, d.closed, "the file is closed all the same")
	assert.Len(t, d.written, 100)
	assert.Len(t, readAll(t, d.written), 2)
}

func TestCloseReportsWhatTheDiskReports(t *testing.T) {
	t.Parallel()
	syncing, closing := errors.New("input/output error"), errors.New("quota exceeded")
	require.ErrorIs(t, (&Writer{file: &disk{syncing: syncing}}).Close(), syncing)
	require.ErrorIs(t, (&Writer{file: &disk{closing: closing}}).Close(), closing)
}

func TestOneEventIsOneWrite(t *testing.T) {
	t.Parallel()
	d := &disk{room: 1 << 20}
	w := &Writer{file: d, now: at}
	require.NoError(t, w.begin(0))
	require.NoError(t, w.Scalar("a", 1, 1))
	require.NoError(t, w.Histogram("a", 1, []float32{1, 2, 3}))
	assert.Equal(t, 4, d.writes)
}

func TestWritingAllocatesNothingPerValue(t *testing.T) {
	w := &Writer{file: discard{}, now: at}
	values := make([]float32, 10_000)
	for i := range values {
		values[i] = float32(i)
	}
	require.NoError(t, w.Histogram("a", 1, values))
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _ = w.Histogram("a", 1, values) }), 2.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _ = w.Scalar("a", 1, 1234.5) }), 2.0)
}

// discard is a file that takes everything and keeps nothing.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Sync() error                 { return nil }
func (discard) Close() error                { return nil }
