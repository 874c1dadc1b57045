package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// hostile is files that are wrong, with what is wrong about them.
func hostile(t testing.TB) map[string]struct {
	file []byte
	kind Kind
} {
	t.Helper()
	six := []byte("abcdef")
	good := array(dict("'|u1'", false, "(6,)"), six)
	long := append([]byte(magic), 2, 0, 0xff, 0xff, 0xff, 0xff)
	patch := func(b []byte, signature string, at int, bytes ...byte) []byte {
		b = append([]byte{}, b...)
		copy(b[strings.Index(string(b), signature)+at:], bytes)
		return b
	}
	stored := archive(t, zip.Store, []string{"a.npy"}, good)
	deflated := archive(t, zip.Deflate, []string{"a.npy"}, array(dict("'|u1'", false, "(6000,)"), make([]byte, 6000)))
	const central = "PK\x01\x02"
	return map[string]struct {
		file []byte
		kind Kind
	}{
		"empty":                       {nil, NotNumPy},
		"text":                        {[]byte("hello, world"), NotNumPy},
		"only the magic":              {[]byte(magic), BadHeader},
		"version 4":                   {append([]byte(magic), 4, 0, 0, 0), Unsupported},
		"header of 4 GB":              {long, BadHeader},
		"header beyond the file":      {append([]byte(magic), 1, 0, 0xff, 0xff, '{'), BadHeader},
		"no dict":                     {array("[]\n", six), BadHeader},
		"dict without end":            {array("{'descr': '|u1', ", six), BadHeader},
		"no shape":                    {array("{'descr': '|u1', 'fortran_order': False}", six), BadHeader},
		"a key twice":                 {array("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,)}", six), BadHeader},
		"another key":                 {array("{'descr': '|u1', 'x': '|u1', 'fortran_order': False, 'shape': (6,)}", six), BadHeader},
		"more after the dict":         {array("{'descr': '|u1', 'fortran_order': False, 'shape': (6,)} + 1", six), BadHeader},
		"a call for a shape":          {array(dict("'|u1'", false, "exit()"), six), BadHeader},
		"a number in brackets":        {array(dict("'|u1'", false, "(6)"), six), BadHeader},
		"negative dimension":          {array(dict("'|u1'", false, "(-6,)"), six), BadHeader},
		"dimension of 20 digits":      {array(dict("'|u1'", false, "(99999999999999999999,)"), six), BadHeader},
		"2^60 elements":               {array(dict("'<f8'", false, "(1152921504606846976,)"), six), BadSize},
		"product that overflows":      {array(dict("'|u1'", false, "(4294967296, 4294967296)"), six), BadHeader},
		"bytes that overflow":         {array(dict("'<f8'", false, "(2305843009213693952, 1)"), nil), BadHeader},
		"65 dimensions":               {array(dict("'|u1'", false, "("+strings.Repeat("1, ", 65)+")"), six[:1]), BadHeader},
		"no type":                     {array(dict("'f'", false, "(6,)"), six), BadHeader},
		"another letter":              {array(dict("'<x4'", false, "(6,)"), six), BadHeader},
		"type of 2^40 bytes":          {array(dict("'|S1099511627776'", false, "(0,)"), nil), BadHeader},
		"escapes":                     {array(dict(`'\x7cu1'`, false, "(6,)"), six), BadHeader},
		"deep list":                   {array(dict(strings.Repeat("[", 5000), false, "(6,)"), six), BadHeader},
		"too short":                   {array(dict("'|u1'", false, "(7,)"), six), BadSize},
		"too long":                    {array(dict("'|u1'", false, "(5,)"), six), BadSize},
		"half a record":               {array(dict("[('a', '<f4')]", false, "(4,)"), six), BadSize},
		"zip cut short":               {stored[:len(stored)-5], BadArchive},
		"bytes before the zip's end":  {bytes.Replace(stored, []byte("PK\x05\x06"), []byte("junkPK\x05\x06"), 1), BadArchive},
		"entry that is no array":      {archive(t, zip.Store, []string{"data.pkl"}, six), BadArchive},
		"entry with another's name":   {archive(t, zip.Store, []string{"a.npy"}, six), BadHeader},
		"a name twice":                {archive(t, zip.Store, []string{"a.npy", "a.npy"}, good, good), DuplicateName},
		"encrypted":                   {patch(stored, central, 8, 9, 8), Unsupported},
		"method 12":                   {patch(stored, central, 10, 12, 0), Unsupported},
		"stored, yet larger outside":  {patch(stored, central, 24, 0xff, 0xff, 0xff, 0x7f), BadArchive},
		"a zip bomb":                  {patch(deflated, central, 24, 0xff, 0xff, 0xff, 0x7f), BadArchive},
		"larger than the file":        {patch(patch(stored, central, 24, 0xff, 0xff, 0xff, 0x7f), central, 20, 0xff, 0xff, 0xff, 0x7f), BadArchive},
		"deflated to less than said":  {patch(deflated, central, 24, 0, 0x20), BadSize},
		"two entries in one place":    {overlapping(t, good), BadArchive},
		"a local header that is none": {patch(stored, "PK\x03\x04", 2, 9, 9), NotNumPy},
	}
}

// overlapping is a zip of two entries that are one: their headers in the directory lead to the same place.
func overlapping(t testing.TB, content []byte) []byte {
	t.Helper()
	b := archive(t, zip.Store, []string{"a.npy", "b.npy"}, content, content)
	second := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[second+42:], 0)
	return b
}

func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range hostile(t) {
		_, err := NewReader(bytes.NewReader(c.file), int64(len(c.file)))
		require.ErrorIs(t, err, c.kind, name)
		assert.NotContains(t, err.Error(), "\n", name)
		assert.Less(t, len(err.Error()), 500, name)
	}
}

func TestTruncatedFilesAreRefused(t *testing.T) {
	t.Parallel()
	var npz bytes.Buffer
	require.NoError(t, Write(&npz, []dtype.Tensor{float32s(t, "a", 3), float32s(t, "b", 3)}))
	for _, file := range [][]byte{npz.Bytes(), array(dict("'<f4'", false, "(3,)"), make([]byte, 12))} {
		for n := range file {
			_, err := NewReader(bytes.NewReader(file[:n]), int64(n))
			require.Error(t, err, "%d of %d bytes", n, len(file))
		}
	}
}

func TestAZipWithoutItsEndIsToldToBeCutShort(t *testing.T) {
	t.Parallel()
	var npz bytes.Buffer
	require.NoError(t, Write(&npz, []dtype.Tensor{float32s(t, "a", 3)}))
	_, err := NewReader(bytes.NewReader(npz.Bytes()[:npz.Len()/2]), int64(npz.Len()/2))
	require.ErrorIs(t, err, BadArchive)
	assert.ErrorContains(t, err, "the file was cut short or changed; get it again")
}

func TestDamagedDataIsNoticed(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("abcdef"), 100)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		b := archive(t, method, []string{"a.npy"}, array(dict("'|u1'", false, "(600,)"), data))
		at := 30 + len("a.npy") + 80
		if method == zip.Store {
			at += 100
		}
		b[at] ^= 0x55
		f, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err == nil {
			_, err = f.Read("a")
			require.Error(t, f.View("a", func([]byte) error { return nil }))
		}
		var format *FormatError
		require.ErrorAs(t, err, &format)
		assert.Contains(t, []Kind{BadChecksum, BadArchive, BadSize}, format.Kind)
	}
}

func TestChecksumsAreComparedWhenAllPartsWereSeen(t *testing.T) {
	t.Parallel()
	b := archive(t, zip.Store, []string{"a.npy"}, array(dict("'|u1'", false, "(6,)"), []byte("abcdef")))
	b[bytes.Index(b, []byte("abcdef"))] = 'b'
	s, err := open(t, b).Stored("a")
	require.NoError(t, err)
	none := func([]byte) error { return nil }
	require.NoError(t, s.View(3, 6, none), "a slice")
	require.NoError(t, s.View(0, 2, none))
	require.ErrorIs(t, s.View(2, 3, none), BadChecksum)
}

func FuzzReader(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, Write(&b, samples(f)))
	f.Add(b.Bytes())
	f.Add(array(dict("'>f4'", true, "(2, 3)"), make([]byte, 24)))
	f.Add(archive(f, zip.Deflate, []string{"a.npy"}, array(dict("[('a', '<f4')]", false, "(1,)"), make([]byte, 4))))
	for _, c := range hostile(f) {
		f.Add(c.file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, info := range file.Tensors() {
			_ = file.View(info.Name, func(data []byte) error {
				if int64(len(data)) != info.Bytes {
					t.Errorf("%q has %d bytes, and %d are seen", info.Name, info.Bytes, len(data))
				}
				return nil
			})
			tensor, err := file.Read(info.Name)
			if err != nil {
				continue
			}
			require.NoError(t, tensor.Check())
			_ = Write(io.Discard, []dtype.Tensor{tensor})
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	for _, seed := range []string{
		dict("'<f4'", false, "(2, 3)"), dict("'>f8'", true, "()"), dict("'|u1'", false, "(3L,)"), dict("[('a', '<f4'), ('b', '|O')]", false, "(1,)"),
		dict("'<M8[ns]'", false, "(0,)"), "{}", "{'descr': '<f4'", dict("'<f4'", false, "(1,") + "x", dict("'<f4'", false, "(99999999999999999999,)"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHeader(text)
		if err != nil {
			require.ErrorIs(t, err, BadHeader)
			return
		}
		descr := h.name
		switch {
		case h.record:
		case strings.Contains(descr, "'"):
			descr = `"` + descr + `"`
		default:
			descr = "'" + descr + "'"
		}
		again, err := parseHeader(dict(descr, h.fortran, tuple(h.shape)))
		require.NoError(t, err)
		require.Equal(t, h, again)
	})
}

// tuple is a shape as Python writes it.
func tuple(shape []int) string {
	text := "("
	for _, n := range shape {
		text += strconv.Itoa(n) + ","
	}
	return text + ")"
}
