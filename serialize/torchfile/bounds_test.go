package torchfile

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
	"github.com/heft-ml/heft/internal/testmode"
)

// bombs are files of about that many bytes that would cost a careless reader far more.
func bombs(size int) map[string][]byte {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	half := func(s string) string { return strings.Repeat(s, size/2/len(s)) }
	slot := func(i int) string { return string([]byte{byte(i)}) }
	laughs := func(open, end string, keys bool) []byte { // ten of the last, nine times over: 10^9 in the end
		b := "(](K\x01K\x02eq\x00"
		for level := range 9 {
			b += open
			for i := range 10 {
				if keys {
					b += num(int64(i))
				}
				b += "h" + slot(level)
			}
			b += end + "q" + slot(level+1)
		}
		return fileOf(pickled(b + "t"))
	}
	nested := func(levels int) string {
		b := ""
		for range levels {
			b += "}(" + str(strings.Repeat("k", size/levels))
		}
		return b + "N" + strings.Repeat("u", levels)
	}
	numbers := "}q\x00("
	for i := range size / 20 {
		numbers += num(int64(i)) + "N"
	}
	numbers += "u"
	often := dictOf()
	for i := range 200 {
		often = often[:len(often)-1] + num(int64(i)) + "h\x00u"
	}
	text, list := str(strings.Repeat("a", size/2)), "]("+strings.Repeat("N", size/2)+"e"
	tensor := glob("torch._utils", "_rebuild_tensor") + "q\x00" + tup(idOf("FloatStorage", "0", 1), num(0), nums(1), nums(1)) + "q\x01"
	return map[string][]byte{
		"marks":                        fileOf(pickled(fill("("))),
		"dicts":                        fileOf(pickled(fill("}"))),
		"dicts in a list":              fileOf(pickled("](" + fill("}") + "e")),
		"lists in lists":               fileOf(pickled(half("]"), half("a"))),
		"tuples in tuples":             fileOf(pickled(")" + fill("\x85"))),
		"numbers":                      fileOf(pickled("](" + fill("K\x01") + "e")),
		"numbers in a dict":            fileOf(pickled(numbers)),
		"memo slots":                   fileOf(pickled("N" + fill("q\x00"))),
		"memo slots far apart":         fileOf(pickled("N" + fill("r\xff\xff\x0f\x00"))),
		"globals":                      fileOf(pickled("(" + fill(glob("torch", "Size")) + "t")),
		"a long name":                  fileOf(pickled(glob(fill("a."), "b"))),
		"strings of 2^63":              fileOf("\x80\x04" + fill("\x8d"+le64(1<<63))),
		"a long text":                  fileOf(pickled(str(fill("a")))),
		"a text encoded over and over": fileOf(pickled("(" + glob("_codecs", "encode") + "q\x00" + text + str("latin1") + "\x86q\x01" + half("h\x00h\x01R") + "t")),
		"a list copied over and over":  fileOf(pickled("(" + glob("builtins", "set") + "q\x00" + list + "\x85q\x01" + half("h\x00h\x01R") + "t")),
		"a tensor mentioned often":     fileOf(pickled("(", vector("0", 1), "q\x00", fill("h\x00"), "t"), floats(1)),
		"a tensor made over and over":  fileOf(pickled("(", tensor, fill("h\x00h\x01R"), "t"), floats(1)),
		"a long key over and over":     fileOf(pickled("(" + str(strings.Repeat("k", 4000)) + "q\x00" + fill("}h\x00Ns") + "t")),
		"names that grow":              fileOf(pickled(nested(max(190, size/4000)))),
		"laughs of lists":              laughs("](", "e", false),
		"laughs of tuples":             laughs("(", "t", false),
		"laughs of dicts":              laughs("}(", "u", true),
		"a dict mentioned often":       fileOf(pickled("(" + numbers + often + "t")),
		"a long integer":               fileOf(pickled("\x8b" + le32(size/3*3) + strings.Repeat("\x7f\x01\xff", size/3))),
		"legacy of marks":              []byte(magicPickle + versionPickle + pickled("}") + pickled(fill("("))),
		"legacy of no end":             []byte(magicPickle + versionPickle + "\x80\x02" + fill("N")),
		"entries":                      manyEntries(size / 130),
	}
}

// manyEntries makes a zip of n storages that nothing mentions.
func manyEntries(n int) []byte {
	parts := []part{{"a/data.pkl", pickled("N")}, {"a/version", "3"}}
	for i := range n {
		parts = append(parts, part{fmt.Sprint("a/data/", i), "x"})
	}
	return zipped(parts...)
}

// memory is what a pickle may take: the 64 MiB of a header, and the garbage on the way to them.
const memory = 96 << 20

func TestReadingIsAsCheapAsItsPickle(t *testing.T) {
	grown := 0
	if testmode.Full() {
		grown = 1 << 20 // what pickles cost at least hides the growth of shorter ones
	}
	cost.CheckReader(t, cost.Reader{
		Open: func(r io.ReaderAt, size int64) error {
			_, err := NewReader(r, size)
			return err
		},
		Bombs: bombs,
		Most:  cost.Bound{Bytes: memory, Time: cost.Header.Time},
		Grown: grown,
		Write: func(w io.Writer, n int64) error {
			infos := []dtype.Info{{Name: "x", DType: dtype.U8, Shape: []int{int(n / 1000), 1000}}}
			p, err := newPlan(infos, []int{0}, func(info dtype.Info, w io.Writer) error { return cost.Zeros(w, info.Bytes) })
			if err != nil {
				return err
			}
			return p.writeTo(w)
		},
	})
}

// TestScanningBombsCostsLittle is not parallel, so that it measures its own memory and time.
func TestScanningBombsCostsLittle(t *testing.T) {
	size := 1 << 16
	if testmode.Long() {
		size = 1 << 20
	}
	for name, b := range bombs(size) {
		if f, err := open(b); err == nil {
			assert.Less(t, len(f.items)+len(f.objects), len(b)/bytesPerName+leastNames, name)
		}
		cost.Check(t, name, cost.Bound{Bytes: 3 * memory, Time: time.Second}, func() { _ = scanned(t, b) })
	}
}

func TestExpandedTensorsAreRefusedWhenTheyAreRead(t *testing.T) {
	t.Parallel()
	one := idOf("FloatStorage", "0", 1)
	for name, pickle := range map[string]string{
		"one tensor of 10^12 elements": pickled(ordered(str("x"), view(one, 0, []int64{1_000_000, 1_000_000}, []int64{0, 0}))),
		"one of 2^60 elements":         pickled(ordered(str("x"), view(one, 0, []int64{1 << 60}, []int64{0}))),
		"twenty of four megabytes": func() string {
			items := []string{str("x"), view(one, 0, []int64{1 << 20}, []int64{0})}
			for i := range 20 {
				items = append(items, num(int64(i)), view(one, 0, []int64{1 << 20}, []int64{0}))
			}
			return pickled(ordered(items...))
		}(),
	} {
		f := opened(t, fileOf(pickle, floats(1)))
		_, err := f.Read("x")
		require.ErrorIs(t, err, TooLarge, name)
		assert.ErrorContains(t, err, "contiguous()", name)
		assert.ErrorIs(t, f.View("x", func([]byte) error { return nil }), TooLarge, name)
	}
	f := opened(t, fileOf(pickled(ordered(str("x"), view(one, 0, []int64{1 << 20}, []int64{0}))), floats(1)))
	got, err := f.Read("x")
	require.NoError(t, err, "a few megabytes are read")
	assert.True(t, bytes.Equal(make([]byte, 4<<20), got.Data))
}

func TestAttributesOfADictThatIsMentionedOftenAreCounted(t *testing.T) {
	t.Parallel()
	often := func(attributes, mentions int) []byte {
		d := noHooks() + "}(" + str("a") + "q\x00N" + strings.Repeat("h\x00N", attributes-1) + "ubq\x01"
		return fileOf(pickled("](" + d + strings.Repeat("h\x01", mentions-1) + "e"))
	}
	assert.Len(t, opened(t, often(2, 3)).Objects(), 3+2*3)
	_, err := open(often(1000, 1000))
	require.ErrorIs(t, err, TooLarge)
}

func TestTensorsThatShareAStorageOverAndOverAreRefusedWhenTheyAreRead(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	mentioned := func(n, elements int) string {
		items := []string{str("x"), view(idOf("FloatStorage", "0", size/4), 0, []int64{int64(elements)}, []int64{1}), "q\x00"}
		b := "}(" + strings.Join(items, "")
		for i := 1; i < n; i++ {
			b += num(int64(i)) + "h\x00"
		}
		return pickled(b + "u")
	}
	read := func(b []byte) error {
		f := opened(t, b)
		_, err := f.Read("x")
		viewErr := f.View("x", func([]byte) error { return nil })
		require.Equal(t, err == nil, viewErr == nil)
		return err
	}
	zeros := string(make([]byte, size))
	assert.NoError(t, read(fileOf(mentioned(4000, size/4), zeros)), "a long file is spared: it takes no more than one that is deflated well and whose storages have four names each")
	assert.NoError(t, read(deflated(mentioned(200, 1), zeros, 0)))
	err := read(deflated(mentioned(300, 1), zeros, 0))
	require.ErrorIs(t, err, TooLarge, "300 megabytes are inflated, one for each tensor")
	assert.ErrorContains(t, err, "clone()")
	err = read(fileOf(mentioned(4400, size/4), zeros))
	require.ErrorIs(t, err, TooLarge)
}

func TestDimensionsOfOneElementCostNothing(t *testing.T) {
	t.Parallel()
	size, strides := []int64{1, 3}, []int64{5, 0}
	for len(size) < mostDims {
		size, strides = append(size, 1), append(strides, 0)
	}
	f := opened(t, fileOf(pickled(view(idOf("ByteStorage", "0", 1), 0, size, strides)), "\x07"))
	x, err := f.Read("tensor")
	require.NoError(t, err)
	assert.Equal(t, []byte{7, 7, 7}, x.Data)
	long, by := f.items[0].loops()
	assert.Equal(t, []int{3, 0}, append(long, by...), "else a file of 700 bytes takes minutes")
}

// TestHostileFilesCostLittle is not parallel, so that it measures its own allocations.
func TestHostileFilesCostLittle(t *testing.T) {
	files := map[string][]byte{}
	for _, c := range brokenPickles() {
		files[c.name] = fileOf(c.pickle, floats(1))
	}
	for _, c := range archiveTricks() {
		files[c.name] = c.file
	}
	for name, b := range files {
		assert.Less(t, cost.Allocated(func() { _, _ = open(b) }), uint64(8<<20), name)
	}
}
