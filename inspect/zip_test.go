package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize"
)

// zipped returns a zip of two entries, the second with a record of sizes behind it, and where its directory begins.
func zipped(t testing.TB) (b []byte, second, directory int) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	e, err := w.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Store, CRC32: 0xE8B7BE43, CompressedSize64: 1, UncompressedSize64: 1})
	require.NoError(t, err)
	_, err = e.Write([]byte("a"))
	require.NoError(t, err)
	e, err = w.Create("b")
	require.NoError(t, err)
	_, err = e.Write([]byte("bb"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	b = out.Bytes()
	return b, bytes.LastIndex(b, []byte(zipEntry)), bytes.Index(b, []byte(zipListed))
}

func TestEveryByteOfAZipIsAccountedFor(t *testing.T) {
	t.Parallel()
	whole, second, directory := zipped(t)
	end := whole[len(whole)-zipEndLength:]
	shifted := func(at int) []byte { // six bytes at a place, of which directory and end know
		b := slices.Insert(slices.Clone(whole), at, []byte("hidden")...)
		e := b[len(b)-zipEndLength:]
		e[16] += 6
		if at <= second {
			last := bytes.LastIndex(b, []byte(zipListed))
			b[last+42] += 6
		}
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		want []stretch
	}{
		"as it is":             {whole, nil},
		"before all":           {append([]byte("hidden"), whole...), []stretch{{0, 6}}},
		"between two entries":  {shifted(second), []stretch{{int64(second), int64(second) + 6}}},
		"before the directory": {shifted(directory), []stretch{{int64(directory), int64(directory) + 6}}},
		"after the end":        {append(slices.Clone(whole), "hidden"...), []stretch{{int64(len(whole)), int64(len(whole)) + 6}}},
		"before a second end": {
			append(append(slices.Clone(whole), "hidden"...), end...),
			[]stretch{{int64(len(whole) - zipEndLength), int64(len(whole)) + 6}},
		},
	} {
		_, err := zip.NewReader(bytes.NewReader(c.file), int64(len(c.file)))
		require.NoError(t, err, name)
		gaps, err := gapsOfZip(bytes.NewReader(c.file), int64(len(c.file)))
		require.NoError(t, err, name)
		assert.Equal(t, c.want, gaps, name)
	}
}

// An end of 64 bits is what PyTorch writes, and NumPy for arrays of 4 GiB.
func TestAnEndOf64BitsBelongsToTheZip(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for range 1 << 16 { // more entries than 16 bits count
		_, err := w.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Store})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.Contains(t, out.String(), zip64End)
	gaps, err := gapsOfZip(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	assert.Empty(t, gaps)
}

func TestZipsThatReadersSeeDifferentlyAreRefused(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	for _, format := range []serialize.Format{serialize.PyTorch, serialize.NPZ} {
		path := saveAs(t, format, nil, f32(t, "w", 3))
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		end := whole[bytes.LastIndex(whole, []byte(zipEnd)):]
		entries, n, at := uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))

		// The directory comes twice: the end of 32 bits leads to the second, the one of 64 bits to the first.
		twice := append(slices.Clone(whole[:at+n]), whole[at:at+n]...)
		wide := len(twice)
		twice = append(append(twice, zip64End...), make([]byte, 20)...)
		for _, v := range []uint64{2 * entries, 2 * entries, 2 * n, at} {
			twice = le.AppendUint64(twice, v)
		}
		twice = le.AppendUint64(append(twice, zip64Locator+"\x00\x00\x00\x00"...), uint64(wide))
		twice = append(le.AppendUint32(twice, 1), end...)
		le.PutUint32(twice[len(twice)-len(end)+16:], uint32(at+n))
		gaps, err := gapsOfZip(bytes.NewReader(twice), int64(len(twice)))
		require.NoError(t, err)
		require.Empty(t, gaps, "every byte has its place")

		for name, file := range map[string][]byte{
			"two directories": twice,
			"a second end":    append(append(slices.Clone(whole), strings.Repeat("x", 6000)...), end...),
		} {
			require.NoError(t, os.WriteFile(path, file, 0o666))
			_, err = Verify(context.Background(), path)
			assert.ErrorContains(t, err, "readers differ in what they see", "%s of %s", name, format)
		}
	}
}

// sparse is bytes, zeros, and bytes again from a place on; it counts what is read.
type sparse struct {
	first, last []byte
	at          int64
	read        int
}

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	copy(p, s.first[min(at, int64(len(s.first))):])
	if from := s.at - at; from < int64(len(p)) {
		copy(p[max(0, from):], s.last[max(0, -from):])
	}
	s.read += len(p)
	return len(p), nil
}

// The directory's length is what the file claims. Readers stop where no entry is listed, so that nothing may stand there.
func TestADirectoryHoldsEntriesAlone(t *testing.T) {
	t.Parallel()
	whole, _, directory := zipped(t)
	end := len(whole) - zipEndLength
	for _, n := range []int{1, zipListedLength - 1, zipListedLength, 1 << 28} {
		file := &sparse{first: whole[:end], last: slices.Clone(whole[end:]), at: int64(end + n)}
		binary.LittleEndian.PutUint32(file.last[12:], uint32(end-directory+n))
		_, err := gapsOfZip(file, int64(end+n+zipEndLength))
		require.ErrorIs(t, err, errZip, "%d bytes", n)
		assert.Less(t, file.read, 1<<18, "%d bytes", n)
	}
}

func TestADirectoryOfNegativeLengthIsRefused(t *testing.T) {
	t.Parallel()
	wide := make([]byte, zip64EndLength+zip64LocatorLength+zipEndLength)
	copy(wide, zip64End)
	binary.LittleEndian.PutUint64(wide[40:], 1<<63)
	copy(wide[zip64EndLength:], zip64Locator)
	copy(wide[zip64EndLength+zip64LocatorLength:], zipEnd)
	_, err := gapsOfZip(bytes.NewReader(wide), int64(len(wide)))
	require.ErrorIs(t, err, errZip)
}

func FuzzGapsOfZip(f *testing.F) {
	whole, _, _ := zipped(f)
	f.Add(whole)
	f.Add([]byte(zipEnd + strings.Repeat("\x00", zipEndLength)))
	f.Add([]byte(zipEnd + strings.Repeat("\xff", 2*zipEndLength) + zipEnd))
	f.Fuzz(func(t *testing.T, b []byte) {
		gaps, err := gapsOfZip(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		var at int64
		for _, g := range gaps {
			if g.from < at || g.to <= g.from || g.to > int64(len(b)) {
				t.Fatalf("%v of %d bytes", gaps, len(b))
			}
			at = g.to
		}
	})
}
