package tensorboard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read returns the events before the first error, and the error.
func read(r io.Reader) (events []Event, err error) {
	for e, err := range Read(r) {
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
	return events, nil
}

func readAll(t testing.TB, b []byte) []Event {
	t.Helper()
	events, err := read(bytes.NewReader(b))
	require.NoError(t, err)
	return events
}

// record frames a payload.
func record(payload []byte) []byte {
	return appendRecord(nil, func(dst []byte) []byte { return append(dst, payload...) })
}

func TestReaderGivesWhatWasWritten(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir(), ResumeAt(2))
	writeGolden(t, w)
	b := content(t, w)
	ones := &Histogram{-1, 1, 4, 1, 3, nil, nil}
	below, unit := classic().limits[upperBound(-1)-1], classic().limits[upperBound(1)]
	ones.Limits = []float64{below, classic().limits[upperBound(-1)], 0, 1e-12, classic().limits[upperBound(1)-1], unit, math.MaxFloat64}
	ones.Counts = []float64{0, 1, 0, 1, 0, 2, 0}
	want := []Event{
		{wallTime, 0, "", currentVersion},
		{wallTime, 2, "", Start{}},
		{wallTime, 3, "loss", Scalar(0.5)},
		{wallTime, 4, "loss", Scalar(0)},
		{wallTime, -1, "w", ones},
		{wallTime, 1 << 30, "none", &Histogram{0, 0, 0, 0, 0, []float64{math.MaxFloat64}, []float64{0}}},
	}
	assert.Equal(t, want, readAll(t, b))
	slow, err := read(iotest.OneByteReader(bytes.NewReader(b)))
	require.NoError(t, err)
	assert.Equal(t, want, slow)
}

func TestScalarsKeepTheirBits(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	values := []float32{0, float32(math.Copysign(0, -1)), 1e-45, 0.1, math.MaxFloat32, float32(math.NaN()), float32(math.Inf(-1))}
	for i, v := range values {
		require.NoError(t, w.Scalar("é/\n", i, v))
	}
	for i, e := range readAll(t, content(t, w))[2:] {
		assert.Equal(t, math.Float32bits(values[i]), math.Float32bits(float32(e.Value.(Scalar))))
		assert.Equal(t, int64(i), e.Step)
		assert.Equal(t, "é/\n", e.Tag)
	}
}

// boundaries are the offsets at which records of a file end.
func boundaries(b []byte) (ends []int) {
	for at := 0; at < len(b); {
		at += headerSize + int(binary.LittleEndian.Uint64(b[at:])) + footerSize
		ends = append(ends, at)
	}
	return ends
}

func TestTornLastRecordEndsTheFile(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	writeGolden(t, w)
	b := content(t, w)
	whole := readAll(t, b)
	for cut := range b {
		n := 0
		for _, end := range boundaries(b) {
			if end <= cut {
				n++
			}
		}
		require.Equal(t, whole[:n:n], append([]Event{}, readAll(t, b[:cut])...), "cut at %d", cut)
	}
}

func TestDamagedByteIsAnErrorWithItsRecordsOffset(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	writeGolden(t, w)
	b := content(t, w)
	whole := readAll(t, b)
	for at := range b {
		start, n := 0, 0
		for _, end := range boundaries(b) {
			if end <= at {
				start, n = end, n+1
			}
		}
		b[at] ^= 0x40
		events, err := read(bytes.NewReader(b))
		b[at] ^= 0x40
		var corrupt *CorruptError
		require.ErrorAs(t, err, &corrupt, "byte %d", at)
		require.Equal(t, int64(start), corrupt.Offset, "byte %d", at)
		require.Equal(t, whole[:n:n], append([]Event{}, events...), "byte %d", at)
	}
}

func TestClaimedLengthIsNotAllocated(t *testing.T) {
	t.Parallel()
	claim := func(n uint64) []byte {
		header := binary.LittleEndian.AppendUint64(nil, n)
		return append(binary.LittleEndian.AppendUint32(header, checksum(header)), "short"...)
	}
	for _, n := range []uint64{maxRecord + 1, 1 << 62, math.MaxUint64} {
		_, err := read(bytes.NewReader(claim(n)))
		require.ErrorContains(t, err, "at byte 0 is corrupt: it claims")
	}
	records := newRecordReader(bytes.NewReader(claim(maxRecord)))
	_, err := records.next()
	require.Equal(t, io.EOF, err)
	assert.Less(t, cap(records.body), 1<<20)
}

func TestLargeRecordIsRead(t *testing.T) {
	t.Parallel()
	tag := string(bytes.Repeat([]byte("tag/"), 100_000))
	w := create(t, t.TempDir())
	require.NoError(t, w.Scalar(tag, 1, 1))
	require.NoError(t, w.Scalar("a", 2, 1))
	events := readAll(t, content(t, w))
	assert.Equal(t, []Event{{wallTime, 1, tag, Scalar(1)}, {wallTime, 2, "a", Scalar(1)}}, events[2:])
}

func TestFailureToReadIsNoEnd(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	writeGolden(t, w)
	b := content(t, w)
	failure := errors.New("connection reset")
	events, err := read(io.MultiReader(bytes.NewReader(b[:len(b)-1]), iotest.ErrReader(failure)))
	require.ErrorIs(t, err, failure)
	require.ErrorContains(t, err, "at byte")
	assert.Len(t, events, 5)
}

func TestReaderMayStopAnywhere(t *testing.T) {
	t.Parallel()
	w := create(t, t.TempDir())
	writeGolden(t, w)
	b := content(t, w)
	for stop := range readAll(t, b) {
		seen := 0
		for range Read(bytes.NewReader(b)) {
			if seen == stop {
				break
			}
			seen++
		}
		assert.Equal(t, stop, seen)
	}
}

// writeRun leaves a file with a scalar at each step, as a writer that is killed at the end leaves it.
func writeRun(t testing.TB, dir string, from, to int, value float32) {
	t.Helper()
	w := create(t, dir, ResumeAt(from))
	for step := from; step < to; step++ {
		require.NoError(t, w.Scalar("loss", step, value))
	}
	require.NoError(t, w.Histogram("w", to-1, []float32{value}))
	require.NoError(t, w.Close())
}

func tear(t testing.TB, path string) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(path, info.Size()-7))
}

func losses(events []Event) (steps []int64, values []Scalar) {
	for _, e := range events {
		if v, ok := e.Value.(Scalar); ok {
			steps, values = append(steps, e.Step), append(values, v)
		}
	}
	return steps, values
}

func TestLoadLeavesOutWhatAResumedRunRetracts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeRun(t, dir, 0, 6, 1)
	writeRun(t, dir, 4, 7, 2) // steps 4 and 5 again
	writeRun(t, dir, 3, 5, 3) // from an older checkpoint
	names, err := eventFiles(dir)
	require.NoError(t, err)
	require.Len(t, names, 3)
	tear(t, filepath.Join(dir, names[2])) // the histogram is lost
	events, err := Load(dir)
	require.NoError(t, err)
	steps, values := losses(events)
	assert.Equal(t, []int64{0, 1, 2, 3, 4}, steps)
	assert.Equal(t, []Scalar{1, 1, 1, 3, 3}, values)
	assert.Len(t, events, 5, "no histogram is left")
}

func TestNewRunInAnOldFolderRetractsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeRun(t, dir, 0, 6, 1)
	require.NoError(t, create(t, dir).Close())
	events, err := Load(dir)
	require.NoError(t, err)
	assert.Empty(t, events)
}

func TestLoadTakesFilesWithoutAStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := record(appendEvent(nil, Event{1, math.MaxInt64, "a", Scalar(1)}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x.tfevents"), b, 0o666))
	events, err := Load(dir)
	require.NoError(t, err)
	assert.Equal(t, []Event{{1, math.MaxInt64, "a", Scalar(1)}}, events)
}

func TestLoadNamesTheFolderOrTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)

	require.NoError(t, os.Mkdir(filepath.Join(dir, "a.tfevents"), 0o777))
	if runtime.GOOS != "windows" && runtime.GOOS != "js" {
		require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "b.tfevents")))
	}
	_, err = Load(dir)
	require.ErrorContains(t, err, "no file of events")

	writeRun(t, dir, 0, 2, 1)
	name, err := lastFile(dir)
	require.NoError(t, err)
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	b[len(b)-1] ^= 1
	require.NoError(t, os.WriteFile(path, b, 0o666))
	_, err = Load(dir)
	var corrupt *CorruptError
	require.ErrorAs(t, err, &corrupt)
	require.ErrorContains(t, err, name)
	assert.NotContains(t, err.Error(), "\n")
}
