package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
)

// longArray makes a .npy of a header text of any length, which version 2 of the format has.
func longArray(text string, data []byte) []byte {
	b := append([]byte(magic), 2, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	return append(append(b, text...), data...)
}

// onePlace makes a zip of about that many bytes whose directory has many entries that all lead to one array with a long header.
func onePlace(t testing.TB, size int) []byte {
	t.Helper()
	content := longArray(dict("'|u1'", false, "(1,)")+strings.Repeat(" ", size/2), []byte{0})
	whole := archive(t, zip.Store, []string{"000000.npy"}, content)
	const end = 22 // bytes of the record at the end
	first := bytes.Index(whole, []byte("PK\x01\x02"))
	line, last := whole[first:len(whole)-end], bytes.Clone(whole[len(whole)-end:])
	b := bytes.Clone(whole[:first])
	n := size / 2 / len(line)
	for i := range n {
		entry := bytes.Clone(line)
		copy(entry[bytes.Index(entry, []byte("000000")):], fmt.Sprintf("%06d", i))
		b = append(b, entry...)
	}
	binary.LittleEndian.PutUint16(last[8:], uint16(n))
	binary.LittleEndian.PutUint16(last[10:], uint16(n))
	binary.LittleEndian.PutUint32(last[12:], uint32(n*len(line)))
	return append(b, last...)
}

// bombs are files of about that many bytes that would cost a careless reader far more.
func bombs(t testing.TB, size int) map[string][]byte {
	t.Helper()
	fill := func(s string) string { return strings.Repeat(s, (size-1<<10)/len(s)) }
	text := func(descr, shape string) []byte { return longArray(dict(descr, false, shape), []byte{0}) }
	many := func(method uint16, n int, content []byte) []byte { // of which one is packed, and stands there n times
		whole := archive(t, method, []string{"x.npy"}, content)
		one, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		require.NoError(t, err)
		raw, err := one.File[0].OpenRaw()
		require.NoError(t, err)
		packed, err := io.ReadAll(raw)
		require.NoError(t, err)
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range n {
			h := one.File[0].FileHeader
			h.Name = fmt.Sprintf("%d.npy", i)
			w, err := z.CreateRaw(&h)
			require.NoError(t, err)
			_, err = w.Write(packed)
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	return map[string][]byte{
		"a record of fields":     text("["+fill("('a', '<f4'), ")+"]", "(1,)"),
		"nested lists":           text(fill("["), "(1,)"),
		"nested lists that end":  text("["+fill("[],")+"]", "(1,)"),
		"a long type":            text("'"+fill("f")+"'", "(1,)"),
		"types of objects":       text("["+fill("('a','|O'),")+"]", "(1,)"),
		"quotes":                 text(fill("''"), "(1,)"),
		"dimensions":             text("'|u1'", "("+fill("1,")+")"),
		"digits":                 text("'|u1'", "("+fill("1")+",)"),
		"white space":            text("'|u1'", "("+fill(" ")+"1,)"),
		"white space at the end": longArray(dict("'|u1'", false, "(1,)")+fill(" \x00\n"), []byte{0}),
		"keys":                   longArray("{"+fill("'descr': '|u1', ")+"}", nil),
		"a long key":             longArray("{'"+fill("k")+"': 1}", nil),
		"arrays":                 many(zip.Store, size/300, array(dict("'|u1'", false, "(1,)"), []byte{0})),
		"deflated arrays":        many(zip.Deflate, size/400, array(dict("'|u1'", false, "(1,)"), []byte{0})),
		"headers that deflate":   many(zip.Deflate, size/2000, longArray(dict("'|u1'", false, "(1,)")+strings.Repeat(" ", mostHeader-100), []byte{0})),
		"arrays in one place":    onePlace(t, size),
	}
}

func TestReadingIsAsCheapAsItsHeaders(t *testing.T) {
	open := func(r io.ReaderAt, size int64) error {
		_, err := NewReader(r, size)
		return err
	}
	zeros := func(write func(p *plan, w io.Writer) error) func(w io.Writer, n int64) error {
		return func(w io.Writer, n int64) error {
			infos := []dtype.Info{{Name: "x", DType: dtype.U8, Shape: []int{int(n / 1000), 1000}}}
			p, err := newPlan(infos, func(info dtype.Info, w io.Writer) error { return cost.Zeros(w, info.Bytes) })
			if err != nil {
				return err
			}
			return write(p, w)
		}
	}
	cost.CheckOpening(t, zeros(func(p *plan, w io.Writer) error { return p.writeArray(w, p.infos[0]) }), open)
	cost.CheckReader(t, cost.Reader{
		Open:  open,
		Bombs: func(size int) map[string][]byte { return bombs(t, size) },
		Most:  cost.Header,
		Grown: cost.HeaderBomb,
		Write: zeros(func(p *plan, w io.Writer) error { return p.writeArchive(w) }),
	})
}

func TestHostileFilesCostLittle(t *testing.T) {
	for name, c := range hostile(t) {
		assert.Less(t, cost.Allocated(func() { _, _ = NewReader(bytes.NewReader(c.file), int64(len(c.file))) }), uint64(4<<20), name)
	}
}

// TestHeadersOfManyArraysAreNotReadForAFewBytes has the two ways in which they would be.
func TestHeadersOfManyArraysAreNotReadForAFewBytes(t *testing.T) {
	t.Parallel()
	all := bombs(t, 1<<17)
	for name, detail := range map[string]string{"arrays in one place": "it shares bytes of the file", "headers that deflate": "longer than the file"} {
		_, err := NewReader(bytes.NewReader(all[name]), int64(len(all[name])))
		require.ErrorIs(t, err, BadArchive, name)
		assert.ErrorContains(t, err, detail, name)
	}
}
