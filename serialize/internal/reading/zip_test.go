package reading_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/internal/reading"
)

// directory is what an end of a zip says.
type directory struct{ entries, length, offset uint64 }

// zipped returns a zip of one entry without its end, and its directory.
func zipped(t testing.TB) ([]byte, directory) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	_, err := w.Create("../a") // no path here
	require.NoError(t, err)
	require.NoError(t, w.Close())
	end := b.Bytes()[b.Len()-22:]
	d := directory{1, uint64(binary.LittleEndian.Uint32(end[12:])), uint64(binary.LittleEndian.Uint32(end[16:]))}
	return b.Bytes()[:b.Len()-22], d
}

// narrow appends the end of a zip.
func narrow(b []byte, d directory, comment string) []byte {
	le := binary.LittleEndian
	b = append(slices.Clone(b), "PK\x05\x06\x00\x00\x00\x00"...)
	b = le.AppendUint16(le.AppendUint16(b, uint16(d.entries)), uint16(d.entries))
	b = le.AppendUint32(le.AppendUint32(b, uint32(d.length)), uint32(d.offset))
	return append(le.AppendUint16(b, uint16(len(comment))), comment...)
}

// wide appends the end of a zip of 64 bits, and a locator that says where it is and on how many disks.
func wide(b []byte, d directory, at int, disks uint32) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(append(slices.Clone(b), "PK\x06\x06"...), 44)
	b = append(b, make([]byte, 12)...)
	for _, n := range []uint64{d.entries, d.entries, d.length, d.offset} {
		b = le.AppendUint64(b, n)
	}
	b = le.AppendUint64(append(b, "PK\x06\x07\x00\x00\x00\x00"...), uint64(at))
	return le.AppendUint32(b, disks)
}

func TestZipsWithOneDirectoryAreOpened(t *testing.T) {
	t.Parallel()
	b, d := zipped(t)
	both := wide(b, d, len(b), 1)
	for name, file := range map[string][]byte{
		"an end":                          narrow(b, d, ""),
		"a comment":                       narrow(b, d, "about"),
		"bytes after the end":             append(narrow(b, d, ""), "junk"...),
		"both ends alike":                 narrow(both, d, ""),
		"all left to the wide end":        narrow(both, directory{1<<16 - 1, 1<<32 - 1, 1<<32 - 1}, ""),
		"the offset left to the wide end": narrow(both, directory{1, d.length, 1<<32 - 1}, "about"),
	} {
		z, err := reading.Zip(bytes.NewReader(file), int64(len(file)))
		require.NoError(t, err, name)
		require.Len(t, z.File, 1, name)
		assert.Equal(t, "../a", z.File[0].Name)
	}
}

// Readers differ in which of two directories they go through, so that one could be scanned and the other loaded.
func TestZipsThatLeadToTwoDirectoriesAreRefused(t *testing.T) {
	t.Parallel()
	b, d := zipped(t)
	at := len(b)
	for name, file := range map[string][]byte{
		"another offset":                     narrow(wide(b, directory{1, d.length, 0}, at, 1), d, ""),
		"another length":                     narrow(wide(b, directory{1, d.length - 1, d.offset}, at, 1), d, ""),
		"another number of entries":          narrow(wide(b, directory{2, d.length, d.offset}, at, 1), d, ""),
		"another offset, length left":        narrow(wide(b, directory{1, d.length, 0}, at, 1), directory{1<<16 - 1, 1<<32 - 1, d.offset}, ""),
		"a length that archive/zip believes": narrow(wide(b, d, at, 1), directory{1, 1<<32 - 1, d.offset}, ""),
		"a locator of another place":         narrow(wide(b, d, at-1, 1), d, ""),
		"a locator of two disks":             narrow(wide(b, d, at, 2), d, ""),
		"a locator of no end":                narrow(append(slices.Clone(b), wide(nil, d, at, 1)[56:]...), d, ""),
		"bytes between a locator and an end": narrow(append(wide(b, d, at, 1), "junk"...), d, ""),
		"bytes before the end":               narrow(append(slices.Clone(b), "junk"...), d, ""),
		"bytes before all":                   append([]byte("junk"), narrow(b, d, "")...),
		"a directory that begins elsewhere":  narrow(append(slices.Clone(b), b[d.offset:]...), d, ""),
	} {
		_, err := reading.Zip(bytes.NewReader(file), int64(len(file)))
		assert.Error(t, err, name)
	}
}

func TestOfTwoDirectoriesThatAreWholeNoneIsChosen(t *testing.T) {
	t.Parallel()
	b, d := zipped(t)
	listed := b[d.offset:]
	first := d
	d.offset += d.length // of the second
	file := narrow(wide(append(slices.Clone(b), listed...), directory{2, 2 * d.length, first.offset}, len(b)+len(listed), 1), d, "")
	_, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err, "archive/zip sees one")
	_, err = reading.Zip(bytes.NewReader(file), int64(len(file)))
	assert.ErrorContains(t, err, "readers differ in what they see")
}

func FuzzZip(f *testing.F) {
	b, d := zipped(f)
	f.Add(narrow(b, d, "about"))
	f.Add(narrow(wide(b, d, len(b), 1), directory{1<<16 - 1, 1<<32 - 1, 1<<32 - 1}, ""))
	f.Add(wide(nil, d, 0, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if z, err := reading.Zip(bytes.NewReader(b), int64(len(b))); (z == nil) == (err == nil) {
			t.Fatalf("%v with error %v", z, err)
		}
	})
}
