package gguf

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/testmode"
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

// TestBombsCostLittle is not parallel, so that it measures its own time and memory: a megabyte may cost 100 ms and 64 MiB, garbage counted too. Times are
// those of the fastest of a few tries, for the computer may be busy.
func TestBombsCostLittle(t *testing.T) {
	size := 1 << 18
	if testmode.Long() {
		size = 1 << 20
	}
	for name, b := range bombs(size) {
		best := time.Duration(1 << 62)
		var used uint64
		for try := 0; try < 5 && best > raceFactor*100*time.Millisecond; try++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, err := NewReader(bytes.NewReader(b), int64(len(b)))
			best = min(best, time.Since(begin))
			runtime.ReadMemStats(&after)
			used = after.TotalAlloc - before.TotalAlloc
			if testing.Verbose() {
				t.Logf("%-22s %7d bytes: %8v %6.1f MB %.120v", name, len(b), best, float64(used)/1e6, err)
			}
		}
		assert.Less(t, best, raceFactor*100*time.Millisecond, name)
		assert.Less(t, used, uint64(64<<20), name)
	}
}
