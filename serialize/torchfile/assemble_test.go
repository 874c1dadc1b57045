package torchfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The functions below write pickles by hand, as an attacker does: each returns instructions that leave one value on the stack.

func le32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func le64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

// pickled wraps instructions into a pickle of protocol 2.
func pickled(parts ...string) string { return "\x80\x02" + strings.Join(parts, "") + "." }

func glob(module, name string) string { return "c" + module + "\n" + name + "\n" }

func str(s string) string { return "X" + le32(len(s)) + s }

func num(n int64) string {
	if n >= 0 && n < 256 {
		return "K" + string([]byte{byte(n)})
	}
	return "\x8a\x08" + le64(uint64(n))
}

func tup(parts ...string) string { return "(" + strings.Join(parts, "") + "t" }

func nums(values ...int64) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, num(v))
	}
	return tup(parts...)
}

func call(module, name string, args ...string) string { return glob(module, name) + tup(args...) + "R" }

// dictOf makes a dict of keys and values.
func dictOf(pairs ...string) string { return "}(" + strings.Join(pairs, "") + "u" }

func ordered(pairs ...string) string {
	return glob("collections", "OrderedDict") + ")R(" + strings.Join(pairs, "") + "u"
}

func noHooks() string { return glob("collections", "OrderedDict") + ")R" }

func idOf(class, key string, count int64) string {
	return tup(str("storage"), glob("torch", class), str(key), str("cpu"), num(count)) + "Q"
}

// view makes a tensor over a storage.
func view(storage string, offset int64, size, strides []int64) string {
	return call("torch._utils", "_rebuild_tensor_v2", storage, num(offset), nums(size...), nums(strides...), "\x89", noHooks())
}

// vector makes a float32 tensor that is all of a storage.
func vector(key string, count int64) string {
	return view(idOf("FloatStorage", key, count), 0, []int64{count}, []int64{1})
}

// part is an entry of a zip that a test makes.
type part struct {
	name string
	data string
}

// zipped makes a zip of entries without compression.
func zipped(parts ...part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		h := &zip.FileHeader{
			Name: p.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(p.data)), CompressedSize64: uint64(len(p.data)), UncompressedSize64: uint64(len(p.data)),
		}
		w, err := z.CreateRaw(h)
		must(err)
		_, err = io.WriteString(w, p.data)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// fileOf makes a file of a pickle and storages "0", "1" ...
func fileOf(pickle string, storages ...string) []byte {
	parts := []part{{"a/data.pkl", pickle}, {"a/byteorder", "little"}}
	for i, s := range storages {
		parts = append(parts, part{fmt.Sprint("a/data/", i), s})
	}
	return zipped(append(parts, part{"a/version", "3\n"})...)
}

// floats returns n float32 values 0, 1, 2 ...
func floats(n int) string {
	var b []byte
	for i := range n {
		b, _ = binary.Append(b, binary.LittleEndian, float32(i))
	}
	return string(b)
}

// good is a small file that has two views of one storage, and metadata.
func good() []byte {
	return fileOf(pickled(ordered(
		str("w"), vector("0", 6),
		str("t"), view(idOf("FloatStorage", "0", 6), 1, []int64{2, 2}, []int64{1, 2}),
		str("epoch"), num(3),
	)), floats(6))
}

func open(b []byte) (*File, error) { return NewReader(bytes.NewReader(b), int64(len(b))) }

// opened opens a file that must be read.
func opened(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := open(b)
	require.NoError(t, err)
	return f
}

// names lists the tensors of a file.
func names(f *File) []string {
	var all []string
	for _, t := range f.Tensors() {
		all = append(all, t.Name)
	}
	return all
}

// values reads a float32 tensor.
func values(t testing.TB, f *File, name string) []float32 {
	t.Helper()
	tensor, err := f.Read(name)
	require.NoError(t, err)
	v, err := tensor.Float32s(nil)
	require.NoError(t, err)
	return v
}

// aliases returns the names that share a storage, in groups of two and more, each in the file's order.
func aliases(f *File) (shared [][]string) {
	groups := map[string][]string{}
	var order []string
	for _, info := range f.Tensors() {
		p, ok := f.Placement(info.Name)
		if !ok || info.Bytes == 0 {
			continue
		}
		if groups[p.Storage] == nil {
			order = append(order, p.Storage)
		}
		groups[p.Storage] = append(groups[p.Storage], info.Name)
	}
	for _, storage := range order {
		if len(groups[storage]) > 1 {
			shared = append(shared, groups[storage])
		}
	}
	return shared
}
