package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// idxFile returns a file in the IDX format.
func idxFile(data []byte, shape ...int) []byte {
	file := []byte{0, 0, idxBytes, byte(len(shape))}
	for _, d := range shape {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	return append(file, data...)
}

// gzipped compresses a file.
func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(content)
	w.Close()
	return b.Bytes()
}

func TestReadIDXReturnsTheArrayOfPlainAndCompressedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data  []byte
		shape []int
	}{
		{[]byte{7, 0, 255}, []int{3}},
		{[]byte{1, 2, 3, 4, 5, 6, 7, 8}, []int{2, 2, 2}},
		{nil, []int{0, 28, 28}},
		{[]byte{9}, []int{1, 1, 1, 1, 1, 1, 1, 1}},
		{bytes.Repeat([]byte{1, 2, 3}, 1<<17), []int{3, 1 << 17}},
	} {
		file := idxFile(c.data, c.shape...)
		for _, content := range [][]byte{file, gzipped(file)} {
			a, err := ReadIDX("a", iotest.OneByteReader(bytes.NewReader(content)))
			require.NoError(t, err)
			assert.Equal(t, c.shape, a.Shape)
			assert.True(t, bytes.Equal(c.data, a.Data))
		}
	}
}

func TestReadIDXSaysWhatIsWrongWithAFile(t *testing.T) {
	t.Parallel()
	labels := idxFile([]byte{1, 2, 3}, 3)
	packed := gzipped(labels)
	corrupt := bytes.Clone(packed)
	corrupt[len(corrupt)-5] ^= 1 // the checksum
	typed := func(kind byte) []byte { return []byte{0, 0, kind, 1, 0, 0, 0, 0} }
	for _, c := range []struct {
		want string
		file []byte
	}{
		{"the file is empty", nil},
		{"the file is empty", gzipped(nil)},
		{"the file is cut off: a download that was interrupted?", []byte{0, 0}},
		{"the file is cut off: a download that was interrupted?", []byte{0x1f, 0x8b}},
		{"the file is cut off: a download that was interrupted?", labels[:6]},
		{"the file is cut off: a download that was interrupted?", packed[:len(packed)-1]},
		{"the file is cut off: a download that was interrupted?", packed[:14]},
		{"2 bytes follow the header, which announces 3 ([3]): the file is cut off: a download that was interrupted?", labels[:10]},
		{"2 bytes follow the header, which announces 3 ([3]): the file is cut off: a download that was interrupted?", gzipped(labels[:10])},
		{"more bytes follow the header than it announces, 3 ([3]): not an IDX file, or a damaged one", append(bytes.Clone(labels), 0)},
		{"more bytes follow the header than it announces, 3 ([3]): not an IDX file, or a damaged one", gzipped(append(bytes.Clone(labels), 0))},
		{"the file is damaged (gzip: invalid checksum): download it again", corrupt},
		{"the file is damaged (gzip: invalid header): download it again", append(bytes.Clone(packed), "junk after it"...)},
		{"the file is damaged (gzip: invalid header): download it again", []byte("\x1f\x8b\x07 a method that does not exist")},
		{"the file is damaged (flate: corrupt input before offset 1): download it again", append(bytes.Clone(packed[:10]), 0xff, 0xff, 0xff)},
		{"not an IDX file: it starts with the bytes 50 4b 03 04, not with 00 00 08", []byte("PK\x03\x04 and so on")},
		{"not an IDX file: it starts with the bytes 00 00 00 00, not with 00 00 08", make([]byte, 100)},
		{"not an IDX file: it starts with the bytes 3c 68 74 6d, not with 00 00 08", []byte("<html>")},
		{"an IDX file of 32-bit floats (type 0x0D): only those of unsigned bytes (0x08) can be read", typed(0x0D)},
		{"an IDX file of signed bytes (type 0x09): only those of unsigned bytes (0x08) can be read", typed(0x09)},
		{"an IDX file with 0 axes: 1 to 8 can be read", idxFile(nil)},
		{"an IDX file with 9 axes: 1 to 8 can be read", idxFile(nil, 1, 1, 1, 1, 1, 1, 1, 1, 1)},
		{"its header announces more than 1073741824 bytes ([4294967295], axis 0): not an IDX file, or too large a one", idxFile(nil, 1<<32-1)},
		{"its header announces more than 1073741824 bytes ([1048576 1025], axis 1): not an IDX file, or too large a one", idxFile(nil, 1<<20, 1025)},
		{"its header announces more than 1073741824 bytes ([1073741824 4294967295], axis 1): not an IDX file, or too large a one", idxFile(nil, 1<<30, 1<<32-1)},
	} {
		a, err := ReadIDX("dir/t10k-labels", bytes.NewReader(c.file))
		assert.Nil(t, a)
		assert.EqualError(t, err, "dir/t10k-labels: "+c.want)
	}
}

func TestReadIDXReturnsErrorsOfReading(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is on fire")
	file := idxFile([]byte{1, 2, 3}, 3)
	for _, content := range [][]byte{file, gzipped(file)} {
		for cut := range content {
			whole := errReader{bytes.NewReader(content[:cut]), broken}
			_, err := ReadIDX("a\x1b", &whole)
			require.ErrorIs(t, err, broken, "after %d bytes", cut)
			require.EqualError(t, err, `"a\x1b": the disk is on fire`)
		}
	}
}

// errReader reads from a reader and then fails.
type errReader struct {
	*bytes.Reader
	err error
}

func (e *errReader) Read(p []byte) (int, error) {
	if e.Len() == 0 {
		return 0, e.err
	}
	return e.Reader.Read(p)
}

func TestReadIDXTakesNoMemoryForWhatIsNotThere(t *testing.T) {
	file := idxFile([]byte("few"), 1<<30)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadIDX("a", bytes.NewReader(file))
	runtime.ReadMemStats(&after)
	require.ErrorContains(t, err, "3 bytes follow the header, which announces 1073741824")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func FuzzReadIDX(f *testing.F) {
	file := idxFile([]byte{1, 2, 3, 4, 5, 6}, 2, 3)
	for _, seed := range [][]byte{
		file, gzipped(file), file[:9], gzipped(file)[:20], append(gzipped(file), gzipped(file)...),
		idxFile(nil, 0, 1<<32-1), idxFile(nil, 1<<31, 2), {0, 0, idxBytes, 255}, []byte("\x1f\x8b\x08"), {0, 0, 0x0B, 1, 0, 0, 0, 1, 0, 0},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		a, err := ReadIDX("a", bytes.NewReader(content))
		if err != nil {
			require.Nil(t, a)
			require.False(t, strings.Contains(err.Error(), "\n"), "%q", err)
			return
		}
		again, err := ReadIDX("a", bytes.NewReader(idxFile(a.Data, a.Shape...)))
		require.NoError(t, err)
		require.Equal(t, a.Shape, again.Shape)
		require.True(t, bytes.Equal(a.Data, again.Data))
	})
}
