package inspect

import (
	"archive/zip"
	"bytes"
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

func TestASecondEndOfAZipHidesNothing(t *testing.T) {
	t.Parallel()
	for _, format := range []serialize.Format{serialize.PyTorch, serialize.NPZ} {
		path := saveAs(t, format, nil, f32(t, "w", 3))
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		end := whole[bytes.LastIndex(whole, []byte(zipEnd)):]
		hidden := append(append(slices.Clone(whole), strings.Repeat("x", 6000)...), end...)
		require.NoError(t, os.WriteFile(path, hidden, 0o666))
		v := verified(t, path)
		require.NotEmpty(t, v.Findings, format)
		assert.Contains(t, v.Findings[0], "bytes from byte")
	}
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
