package torchfile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patched changes every one of two headers' bytes at an offset: of the directory, or of those before the data, of the entry of that name.
func patched(b []byte, name string, local bool, at int, to ...byte) []byte {
	b = bytes.Clone(b)
	signature, nameAt := []byte("PK\x01\x02"), 46
	if local {
		signature, nameAt = []byte("PK\x03\x04"), 30
	}
	for i := 0; i+nameAt+len(name) <= len(b); i++ {
		if bytes.HasPrefix(b[i:], signature) && string(b[i+nameAt:i+nameAt+len(name)]) == name {
			copy(b[i+at:], to)
			return b
		}
	}
	panic("no entry " + name)
}

// deflated makes a zip with data.pkl and one storage compressed, and lies about their sizes by that much.
func deflated(pickle, storage string, lie int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range []part{{"a/data.pkl", pickle}, {"a/data/0", storage}, {"a/version", "3\n"}} {
		var c bytes.Buffer
		f, err := flate.NewWriter(&c, flate.BestCompression)
		must(err)
		_, err = f.Write([]byte(p.data))
		must(err)
		must(f.Close())
		size := uint64(len(p.data))
		if p.name == "a/data/0" {
			size += uint64(lie)
		}
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(p.data)), CompressedSize64: uint64(c.Len()), UncompressedSize64: size,
		})
		must(err)
		_, err = w.Write(c.Bytes())
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

func TestDeflatedArchivesAreRead(t *testing.T) {
	t.Parallel()
	pickle := pickled(ordered(str("w"), vector("0", 6), str("t"), view(idOf("FloatStorage", "0", 6), 1, []int64{2, 2}, []int64{1, 2})))
	f := opened(t, deflated(pickle, floats(6), 0))
	assert.Equal(t, []float32{0, 1, 2, 3, 4, 5}, values(t, f, "w"))
	assert.Equal(t, []float32{1, 3, 2, 4}, values(t, f, "t"))
	require.NoError(t, f.View("w", func(data []byte) error { assert.Equal(t, floats(6), string(data)); return nil }))
	for _, lie := range []int{4, -4} {
		b := deflated(pickled(ordered(str("w"), vector("0", int64(6+lie/4)))), floats(6), lie)
		_, err := opened(t, b).Read("w")
		assert.ErrorIs(t, err, BadArchive, "the directory lies by %d", lie)
	}
	broken := deflated(pickle, strings.Repeat("abcd", 6), 0)
	at := bytes.Index(broken, []byte("a/data/0")) + 8
	broken[at] ^= 0xff
	_, err := opened(t, broken).Read("w")
	assert.ErrorIs(t, err, BadArchive)
}

// doubled has a second entry of a name, which CreateRaw allows.
func archiveTricks() []struct {
	name   string
	file   []byte
	kind   Kind
	detail string
} {
	file := good()
	pickle, version := part{"a/data.pkl", pickled("N")}, part{"a/version", "3"}
	evil := part{"a/data.pkl", pickled(call("os", "system", str("x")))}
	rename := func(b []byte, from, to string, local bool) []byte {
		return patched(b, from, local, map[bool]int{true: 30, false: 46}[local], []byte(to)...)
	}
	le := binary.LittleEndian
	// The directory's second entry points at the first one's header.
	overlapping := patched(file, "a/data/0", false, 42, 0, 0, 0, 0)
	shifted := append([]byte("PK\x03\x04 something else before it"), file...)
	var behind bytes.Buffer // a zip that knows what it is behind
	behind.WriteString("PK\x03\x04 something else before it")
	z := zip.NewWriter(&behind)
	z.SetOffset(int64(behind.Len()))
	_, err := z.CreateRaw(&zip.FileHeader{Name: pickle.name})
	must(err)
	must(z.Close())
	big := patched(file, "a/data/0", false, 20, le.AppendUint32(nil, 1<<31)...)
	big = patched(big, "a/data/0", false, 24, le.AppendUint32(nil, 1<<31)...)
	return []struct {
		name   string
		file   []byte
		kind   Kind
		detail string
	}{
		{"two entries of a name", zipped(pickle, evil, version), DuplicateName, "two entries"},
		{"two entries of a name in another case", zipped(pickle, part{"a/DATA.pkl", evil.data}, version), DuplicateName, "two entries"},
		{"a second data.pkl", zipped(pickle, part{"a/b/data.pkl", evil.data}, version), BadArchive, "a second data.pkl"},
		{"two folders", zipped(pickle, version, part{"b/data.pkl", evil.data}), BadArchive, `not in the folder "a/"`},
		{"a path upwards", zipped(pickle, version, part{"../../etc/passwd", "x"}), BadArchive, `not in the folder "a/"`},
		{"an absolute path", zipped(pickle, version, part{"/etc/passwd", "x"}), BadArchive, `not in the folder "a/"`},
		{"an absolute path at first", zipped(part{"/data.pkl", pickle.data}, pickle), BadArchive, "not in the folder"},
		{"no version", zipped(pickle), Unsupported, `version ""`},
		{"version 11", zipped(pickle, part{"a/version", "11"}), Unsupported, `"11"`},
		{"version of letters", zipped(pickle, part{"a/version", "three"}), Unsupported, `"three"`},
		{"a long version", zipped(pickle, part{"a/version", strings.Repeat("3", 100)}), TooLarge, "100 bytes"},
		{"byte order middle", zipped(pickle, version, part{"a/byteorder", "middle"}), BadArchive, "middle"},
		{"a name that differs before the data", rename(file, "a/data.pkl", "b/evil.pkl", true), BadArchive, `calls it "b/evil.pkl"`},
		{"a name that differs in the directory", rename(file, "a/data/0", "a/data/1", false), BadArchive, `calls it "a/data/0"`},
		{"encrypted, says the directory", patched(file, "a/data.pkl", false, 8, 1, 0), BadArchive, "encrypted"},
		{"encrypted, says the header", patched(file, "a/data.pkl", true, 6, 1, 0), BadArchive, "encrypted"},
		{"flag 0x20", patched(file, "a/data/0", false, 8, 0x20, 0), BadArchive, "0x20"},
		{"flag 0x40", patched(file, "a/data/0", true, 6, 0x40, 0), BadArchive, "0x40"},
		{"flag 0x2000", patched(file, "a/data/0", false, 8, 0, 0x20), BadArchive, "0x2000"},
		{"method 1", patched(file, "a/data/0", false, 10, 1, 0), BadArchive, "method 1"},
		{"methods that differ", patched(file, "a/data/0", true, 8, 8, 0), BadArchive, "method 8, the directory 0"},
		{"deflated, says the directory", patched(file, "a/data/0", false, 10, 8, 0), BadArchive, "method"},
		{"sizes that differ", patched(file, "a/data/0", true, 22, 1, 0, 0, 0), BadArchive, "differ in its size"},
		{"sizes that differ in the directory", patched(file, "a/data/0", false, 24, 1, 0, 0, 0), BadArchive, "stored in 24 bytes and said to have 1"},
		{"checksums that differ", patched(file, "a/data.pkl", true, 14, 1, 2, 3, 4), BadArchive, "checksum"},
		{"a bad checksum of the pickle", patched(patched(file, "a/data.pkl", true, 14, 1, 2, 3, 4), "a/data.pkl", false, 16, 1, 2, 3, 4), BadChecksum, "a/data.pkl"},
		{"an entry on another's header", overlapping, BadArchive, "begins at byte 0 of the file"},
		{"an entry beyond the end", big, Truncated, "2,147,483,648"},
		{"an offset beyond the end", patched(file, "a/data/0", false, 42, 0xff, 0xff, 0xff, 0x7f), BadArchive, "not where the directory says"},
		{"an offset into data", patched(file, "a/data/0", false, 42, 5, 0, 0, 0), BadArchive, "not where the directory says"},
		{"another zip before it", shifted, BadArchive, "the records at the zip's end"},
		{"a zip that knows of another before it", behind.Bytes(), BadArchive, "before the zip's first entry"},
		{"a directory that is cut", file[:len(file)-3], BadArchive, "truncated download?"},
		{"a directory that is overwritten", bytes.ReplaceAll(file, []byte("PK\x01\x02"), []byte("PK\x01\x03")), BadArchive, "truncated download?"},
		{"a storage that deflates too well", patched(patched(deflated(pickled("N"), floats(6), 0), "a/data/0", false, 24, 0, 0, 0, 0x7f), "a/data/0", true, 22, 0, 0, 0, 0x7f), TooLarge, "cannot be deflated"},
		{"a pickle that is a bomb", deflated(pickled(str(strings.Repeat("a", 4<<20))), floats(1), 0), TooLarge, "at most"},
	}
}

func TestArchivesOfTwoMeaningsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range archiveTricks() {
		_, err := open(c.file)
		require.ErrorIs(t, err, c.kind, "%s: %v", c.name, err)
		assert.ErrorContains(t, err, c.detail, c.name)
		assert.NotContains(t, err.Error(), "\n", c.name)
		assert.NotNil(t, scanned(t, c.file).Refusal, c.name)
	}
}

func TestHarmlessOdditiesOfArchivesAreRead(t *testing.T) {
	t.Parallel()
	pickle, version := part{"a/data.pkl", pickled(ordered(str("w"), vector("0", 2)))}, part{"a/version", "3"}
	for name, b := range map[string][]byte{
		"folders":           zipped(part{"a/", ""}, pickle, part{"a/data/", ""}, part{"a/data/0", floats(2)}, version),
		"any order":         zipped(version, part{"a/data/0", floats(2)}, pickle),
		"entries of others": zipped(pickle, version, part{"a/data/0", floats(2)}, part{"a/.data/serialization_id", "123"}, part{"a/readme.txt", "x"}),
		"no checksums":      patched(patched(zipped(pickle, version, part{"a/data/0", floats(2)}), "a/data.pkl", true, 14, 0, 0, 0, 0), "a/data.pkl", false, 16, 0, 0, 0, 0),
	} {
		f, err := open(b)
		require.NoError(t, err, name)
		assert.Equal(t, []float32{0, 1}, values(t, f, "w"), name)
	}
}

func TestTruncatedFilesAreRefusedWhereverTheyEnd(t *testing.T) {
	t.Parallel()
	w := pickled(ordered(str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1})))
	for name, b := range map[string][]byte{"zip": good(), "legacy": legacyOf(w, "1", floats(2))} {
		for n := range b {
			_, err := open(b[:n])
			var format *FormatError
			require.ErrorAs(t, err, &format, "%s: %d of %d bytes", name, n, len(b))
			_ = scanned(t, b[:n])
		}
	}
}

// TestChangedFilesAreReadOrRefused flips each bit of a file: nothing may panic, and what is read must be of the right size.
func TestChangedFilesAreReadOrRefused(t *testing.T) {
	t.Parallel()
	w := pickled(ordered(str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1})))
	for _, whole := range [][]byte{good(), legacyOf(w, "1", floats(2))} {
		for i := range whole {
			for bit := range 8 {
				b := bytes.Clone(whole)
				b[i] ^= 1 << bit
				f, err := open(b)
				if err != nil {
					continue
				}
				for _, info := range f.Tensors() {
					if tensor, err := f.Read(info.Name); err == nil {
						require.NoError(t, tensor.Check())
					}
				}
			}
		}
	}
}
