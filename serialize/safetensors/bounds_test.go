package safetensors

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
)

// bombs are headers of about that many bytes that would cost a careless reader far more.
func bombs(size int) map[string][]byte {
	const scalar = `{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	each := func(format string) string { // with numbers in it, and commas between
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format+",", i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	field := func(value string) string {
		return `{"x":{"q":` + value + `,"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`
	}
	return map[string][]byte{
		"tensors":                fileOf("{"+each(`"%d":`+scalar)+"}", nil),
		"one range":              fileOf("{"+each(`"%d":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}`)+"}", []byte{0}),
		"one name":               fileOf("{"+fill(`"":`+scalar+",")+`"":`+scalar+"}", nil),
		"tensors of no dtype":    fileOf("{"+fill(`"a":{},`)+`"a":{}}`, nil),
		"dimensions":             fileOf(`{"x":{"dtype":"U8","shape":[0`+fill(",0")+`],"data_offsets":[0,0]}}`, nil),
		"offsets":                fileOf(`{"x":{"dtype":"U8","shape":[0],"data_offsets":[0`+fill(",0")+`]}}`, nil),
		"fields":                 fileOf(`{"x":{`+each(`"%d":0`)+`}}`, nil),
		"one field":              fileOf(`{"x":{"q":0`+fill(`,"":0`)+`}}`, nil),
		"metadata":               fileOf(`{"__metadata__":{`+each(`"%d":""`)+`}}`, nil),
		"a long name":            fileOf(`{"`+fill("a")+`":`+scalar+"}", nil),
		"a long name of nothing": fileOf(`{"`+fill("a")+`":0}`, nil),
		"escapes":                fileOf(`{"`+fill(`\u0061`)+`":`+scalar+"}", nil),
		"surrogates":             fileOf(`{"__metadata__":{"a":"`+fill(`\ud83d\ude00`)+`"}}`, nil),
		"a long dtype":           fileOf(`{"x":{"dtype":"`+fill("a")+`","shape":[0],"data_offsets":[0,0]}}`, nil),
		"white space":            fileOf("{"+fill(" ")+"}", nil),
		"white space between":    fileOf("{"+strings.Repeat(`"":`+scalar+", ", size/100)+fill(" ")+"}", nil),
		"digits":                 fileOf(field(fill("1")), nil),
		"digits of a shape":      fileOf(`{"x":{"dtype":"U8","shape":[`+fill("1")+`],"data_offsets":[0,0]}}`, nil),
		"lists":                  fileOf(field("["+fill("[],")+"0]"), nil),
		"nested lists":           fileOf(field(fill("[")), nil),
		"nested again":           fileOf(field("["+strings.Repeat(strings.Repeat("[", 100)+strings.Repeat("]", 100)+",", size/201)+"0]"), nil),
		"objects":                fileOf(field("["+fill(`{"":0},`)+"0]"), nil),
		"not UTF-8 at last":      fileOf(fill("é")+"\xff", nil),
		"NULs":                   fileOf("{}"+fill("\x00"), nil),
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
			infos := []dtype.Info{{Name: "x", DType: dtype.U8, Shape: []int{int(n / 1000), 1000}}}
			p, err := newPlan(infos, func(info dtype.Info, w io.Writer) error { return cost.Zeros(w, info.Bytes) }, newOptions(nil))
			if err != nil {
				return err
			}
			return p.writeTo(w)
		},
	})
}

func TestHeadersCostMemoryInProportionToTheirLength(t *testing.T) {
	for name, b := range bombs(1 << 17) {
		used := cost.Allocated(func() { _, _ = NewReader(bytes.NewReader(b), int64(len(b))) })
		assert.Less(t, used, uint64(40*len(b)), name)
	}
}

// TestHostileFilesCostLittle is not parallel, so that it measures its own allocations.
func TestHostileFilesCostLittle(t *testing.T) {
	for _, h := range hostileFiles() {
		assert.Less(t, cost.Allocated(func() { _, _ = NewReader(bytes.NewReader(h.bytes), int64(len(h.bytes))) }), uint64(4<<20), h.name)
	}
}
