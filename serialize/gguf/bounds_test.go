package gguf

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
	"github.com/heft-ml/heft/quant/ggml"
)

// bombs are headers of about that many bytes that would cost a careless reader far more.
func bombs(size int) map[string][]byte {
	times := func(n int, add func(r *raw, i int), r *raw) []byte {
		for i := range n {
			add(r, i)
		}
		return r.b
	}
	name := func(i int) string { return fmt.Sprintf("%x", i) }
	n := uint64(size / 32)
	array := func(t ValueType, least int) *raw {
		return le().start(0, 1).key("k", Array).array(t, uint64(size/least))
	}
	manyArrays := func(per uint64) []byte { // arrays that claim all that is left, again and again
		return times(deepest-1, func(r *raw, _ int) { r.array(Array, per/12/2) }, le().start(0, 1).key("k", Array)) // what follows is not there
	}
	return map[string][]byte{
		"keys":                 times(int(n), func(r *raw, i int) { r.key(name(i), U8).bytes(1) }, le().start(0, n)),
		"keys of empty arrays": times(int(n), func(r *raw, i int) { r.key(name(i), Array).array(Array, 0) }, le().start(0, n)),
		"tensors":              times(int(n), func(r *raw, i int) { r.tensor(name(i), ggml.I8, 0, 0) }, le().start(n, 0)),
		"scalars":              times(int(n), func(r *raw, i int) { r.tensor(name(i), ggml.I8, 0) }, le().start(n, 0)),
		"the same tensor":      times(int(n), func(r *raw, _ int) { r.tensor("x", ggml.I8, 0) }, le().start(n, 0)),
		"empty texts":          array(String, 8).bytes(make([]byte, size)...).b,
		"bytes":                array(U8, 1).bytes(make([]byte, size)...).b,
		"bools":                array(Bool, 1).bytes(make([]byte, size)...).b,
		"empty arrays":         times(size/12, func(r *raw, _ int) { r.array(U8, 0) }, array(Array, 12)),
		"arrays of one":        times(size/13, func(r *raw, _ int) { r.array(U8, 1).bytes(1) }, array(Array, 13)),
		"arrays that lie":      append(manyArrays(uint64(size)), make([]byte, size)...),
		"a long text":          le().start(0, 1).key("k", String).str(strings.Repeat("a", size)).b,
		"a long key":           le().start(0, 1).key(strings.Repeat("a", size), U8).b,
		"a text of 2^30":       le().start(0, 1).key("k", String).u64(1 << 30).bytes(make([]byte, size)...).b,
		"tensors not there":    le().start(uint64(size/leastTensor), 0).bytes(make([]byte, size)...).b,
		"keys not there":       le().start(0, uint64(size/leastKV)).bytes(make([]byte, size)...).b,
		"texts not there":      array(String, 8).bytes(bytes.Repeat([]byte{1, 0, 0, 0, 0, 0, 0, 0}, size/8)...).b,
		"f64s":                 array(F64, 8).bytes(make([]byte, size)...).b,
	}
}

func TestReadingIsAsCheapAsItsHeader(t *testing.T) {
	cost.CheckReader(t, cost.Reader{
		Open: func(r io.ReaderAt, size int64) error {
			_, err := NewReader(r, size)
			return err
		},
		Bombs: bombs,
		Most:  cost.Header,
		Grown: cost.HeaderBomb,
		Write: func(w io.Writer, n int64) error {
			infos := []dtype.Info{{Name: "x", DType: dtype.I8, Shape: []int{int(n / 1000), 1000}}}
			p, err := newPlan(nil, infos, func(info dtype.Info, w io.Writer) error { return cost.Zeros(w, info.Bytes) })
			if err != nil {
				return err
			}
			return p.writeTo(w)
		},
	})
}

// farReader is a header, and zeros up to any size. It keeps how far it was read.
type farReader struct {
	header []byte
	far    int64
}

func (f *farReader) ReadAt(p []byte, offset int64) (int, error) {
	f.far = max(f.far, offset+int64(len(p)))
	clear(p)
	if offset < int64(len(f.header)) {
		copy(p, f.header[offset:])
	}
	return len(p), nil
}

func TestOpeningReadsTheHeaderAlone(t *testing.T) {
	t.Parallel()
	const petabyte = 1 << 50
	r := &farReader{header: le().start(2, 0).tensor("a", ggml.F32, 0, 1<<20, 1<<27).tensor("b", ggml.Q4_K, petabyte/2, 1<<20, 1<<20).b}
	f, err := NewReader(r, petabyte)
	require.NoError(t, err)
	assert.Less(t, r.far, int64(2*bufferSize))
	s, err := f.Decoded("b")
	require.NoError(t, err)
	require.NoError(t, s.View(4<<30, 4<<30+4096, func(data []byte) error {
		assert.Equal(t, make([]byte, 4096), data)
		return nil
	}))
	assert.Less(t, r.far, int64(petabyte/2+1<<30))
}

func TestWhatALargeFileClaimsIsNotBelieved(t *testing.T) {
	t.Parallel()
	const petabyte = 1 << 50
	for name, c := range map[string]struct {
		header []byte
		detail string
	}{
		"2^32 tensors":        {le().start(1<<32, 0).b, "4,294,967,296 tensors of 24 bytes and more, but a header of more than 1,073,741,824 bytes is not read"},
		"2^24 tensors":        {le().start(1<<24, 0).b, "two tensors have this name"},
		"2^24 keys":           {le().start(0, 1<<24).b, "key is empty"},
		"a text of 2^40":      {le().start(0, 1).key("k", String).u64(1 << 40).b, "a text of 1,099,511,627,776 bytes, but a header"},
		"2^40 numbers":        {le().start(0, 1).key("k", Array).array(U8, 1<<40).b, "1,099,511,627,776 u8 elements of an array"},
		"2^24 arrays of none": {le().start(0, 1).key("k", Array).array(Array, 1<<24).u32(99).b, "type 99"},
	} {
		_, err := NewReader(&farReader{header: c.header}, petabyte)
		assert.ErrorContains(t, err, c.detail, name)
	}
}

// TestHostileFilesCostLittle is not parallel, so that it measures its own allocations.
func TestHostileFilesCostLittle(t *testing.T) {
	for _, h := range hostileFiles() {
		assert.Less(t, cost.Allocated(func() { _, _ = NewReader(bytes.NewReader(h.bytes), int64(len(h.bytes))) }), uint64(4<<20), h.name)
	}
}
