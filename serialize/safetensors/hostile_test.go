package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/cost"
)

// hostile is a file that must be refused.
type hostile struct {
	name   string
	bytes  []byte
	kind   Kind
	detail string // part of the message
}

// one makes a file with a single I32 tensor x of two elements, described by text.
func one(info string) []byte { return fileOf(`{"x":`+info+`}`, make([]byte, 8)) }

// lengthOnly makes a file that is nothing but a header length, and rest.
func lengthOnly(n uint64, rest string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, n), rest...)
}

// ranges makes a file of U8 tensors a, b, c ... with these ranges of the data.
func ranges(data int, pairs ...[2]uint64) []byte {
	var infos []string
	for i, p := range pairs {
		infos = append(infos, fmt.Sprintf(`%q:{"dtype":"U8","shape":[%d],"data_offsets":[%d,%d]}`, string(rune('a'+i)), p[1]-p[0], p[0], p[1]))
	}
	return fileOf("{"+strings.Join(infos, ",")+"}", make([]byte, data))
}

// piled returns n ranges of 2^60 bytes, one after the other.
func piled(n int) [][2]uint64 {
	pairs := make([][2]uint64, n)
	for i := range pairs {
		pairs[i] = [2]uint64{uint64(i) << 60, uint64(i+1) << 60}
	}
	return pairs
}

// hostileFiles is the corpus of the fuzz target and of TestHostileFilesAreRefused.
func hostileFiles() []hostile {
	const json = InvalidHeaderDeserialization
	good := one(`{"dtype":"I32","shape":[2],"data_offsets":[0,8]}`)
	sameRange := make([][2]uint64, 10)
	for i := range sameRange {
		sameRange[i] = [2]uint64{0, 16}
	}
	amplified := "{" + strings.Repeat(`"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},`, 1000) + `"y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`
	return []hostile{
		// The length and the extent of the file.
		{"empty", nil, HeaderTooSmall, "0 bytes"},
		{"seven bytes", make([]byte, 7), HeaderTooSmall, "7 bytes"},
		{"header beyond the end", lengthOnly(0x3c, ""), InvalidHeaderLength, "ends at byte 68, file has 8"},
		{"header of 1000 bytes in a small file", lengthOnly(1000, "{}"), InvalidHeaderLength, "truncated download?"},
		{"length of ones", lengthOnly(math.MaxUint64, ""), HeaderTooLarge, "is it a safetensors file?"},
		{"length of 2^32", lengthOnly(1<<32, "{}"), HeaderTooLarge, "4,294,967,296"},
		{"length of 100000001", lengthOnly(100_000_001, "{}"), HeaderTooLarge, "100,000,001"},
		{"length of 100000000", lengthOnly(100_000_000, "{}"), InvalidHeaderLength, "100,000,008"},
		{"extra bytes", append(bytes.Clone(good), "PK\x03\x04"...), MetadataIncompleteBuffer, "4 extra bytes"},
		{"two bytes missing", good[:len(good)-2], MetadataIncompleteBuffer, "truncated download?"},
		{"extra bytes and no tensor", fileOf("{}", []byte{0}), MetadataIncompleteBuffer, "1 extra bytes"},

		// The text.
		{"not UTF-8", lengthOnly(1, "\xff"), InvalidHeader, "byte 0"},
		{"name not UTF-8", fileOf("{\"\xe9\":0}", nil), InvalidHeader, "byte 2"},
		{"surrogate in UTF-8", fileOf("{\"\xed\xa0\x80\":0}", nil), InvalidHeader, "byte 2"},
		{"header of no bytes", lengthOnly(0, ""), json, "the end of the header"},
		{"open brace", lengthOnly(1, "{"), json, "the end of the header"},
		{"byte order mark", fileOf("\uFEFF{}", nil), json, "byte order mark"},
		{"NUL padding", fileOf("{}\x00\x00", nil), json, "padded with NUL"},
		{"trailing characters", fileOf("{}x", nil), json, "trailing characters"},
		{"two objects", fileOf("{}{}", nil), json, "trailing characters"},
		{"array", fileOf("[]", nil), json, "expected '{'"},
		{"comment", fileOf("{}//", nil), json, "trailing characters"},
		{"trailing comma", fileOf(`{"__metadata__":{},}`, nil), json, "expected a string"},
		{"single quotes", fileOf(`{'a':{}}`, nil), json, "expected a string"},
		{"no colon", fileOf(`{"a" {}}`, nil), json, "expected ':'"},
		{"control character in a name", fileOf("{\"a\nb\":0}", nil), json, "must be escaped"},
		{"unknown escape", fileOf(`{"\x41":0}`, nil), json, "invalid escape"},
		{"short escape", fileOf(`{"\u12":0}`, nil), json, "invalid escape"},
		{"lone high surrogate", fileOf(`{"\ud800":0}`, nil), json, "unpaired surrogate \\ud800"},
		{"lone low surrogate", fileOf(`{"\udc00":0}`, nil), json, "unpaired surrogate \\udc00"},
		{"surrogate and letter", fileOf(`{"\ud800\u0041":0}`, nil), json, "unpaired surrogate"},
		{"open string", fileOf(`{"abc`, nil), json, "no closing quote"},
		{"backslash at the end", fileOf(`{"abc\`, nil), json, "invalid escape"},

		// Metadata.
		{"number in metadata", fileOf(`{"__metadata__":{"a":1}}`, nil), json, `metadata "a": expected a string`},
		{"null in metadata", fileOf(`{"__metadata__":{"a":null}}`, nil), json, `metadata "a": expected a string`},
		{"object in metadata", fileOf(`{"__metadata__":{"a":{}}}`, nil), json, `metadata "a": expected a string`},
		{"metadata is a string", fileOf(`{"__metadata__":"a"}`, nil), json, "expected '{'"},
		{"tensor named as metadata", fileOf(`{"__metadata__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, nil), json, `metadata "shape"`},
		{"metadata twice", fileOf(`{"__metadata__":{},"__metadata__":{}}`, nil), DuplicateName, "comes twice"},
		{"metadata twice, once null", fileOf(`{"__metadata__":null,"__metadata__":{}}`, nil), DuplicateName, "comes twice"},
		{"metadata key twice", fileOf(`{"__metadata__":{"a":"1","\u0061":"1"}}`, nil), DuplicateName, `"a" comes twice`},

		// The description of a tensor.
		{"stray string", one(`"F32"`), json, `"x": at byte 5: expected an object`},
		{"stray number", one(`1`), json, "expected an object"},
		{"null tensor", one(`null`), json, "expected an object"},
		{"tensor as an array", one(`["I32",[2],[0,8]]`), json, "expected an object"},
		{"no dtype", one(`{"shape":[2],"data_offsets":[0,8]}`), json, `"dtype" is missing`},
		{"no shape", one(`{"dtype":"I32","data_offsets":[0,8]}`), json, `"shape" is missing`},
		{"no offsets", one(`{"dtype":"I32","shape":[2]}`), json, `"data_offsets" is missing`},
		{"unknown dtype of a shape that overflows", one(`{"dtype":"F31","shape":[4294967296,4294967296],"data_offsets":[0,8]}`), ValidationOverflow, `"F31" of shape`},
		{"unknown dtype that overlaps", fileOf(`{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F31","shape":[2],"data_offsets":[4,8]}}`, make([]byte, 8)), InvalidOffset, "overlaps"},
		{"dtype is empty", one(`{"dtype":"","shape":[2],"data_offsets":[0,8]}`), json, "dtype is empty"},
		{"dtype is a number", one(`{"dtype":32,"shape":[2],"data_offsets":[0,8]}`), json, "expected a string"},
		{"shape is a number", one(`{"dtype":"I32","shape":2,"data_offsets":[0,8]}`), json, "expected '['"},
		{"shape of a string", one(`{"dtype":"I32","shape":["2"],"data_offsets":[0,8]}`), json, "unsigned integer"},
		{"one offset", one(`{"dtype":"I32","shape":[2],"data_offsets":[0]}`), json, "has 1 numbers"},
		{"three offsets", one(`{"dtype":"I32","shape":[2],"data_offsets":[0,8,8]}`), json, "more than two"},
		{"negative offset", one(`{"dtype":"I32","shape":[2],"data_offsets":[-1,7]}`), json, "unsigned integer"},
		{"negative zero", one(`{"dtype":"I32","shape":[2],"data_offsets":[-0,8]}`), json, "unsigned integer"},
		{"fraction", one(`{"dtype":"I32","shape":[2],"data_offsets":[0.0,8]}`), json, "without fraction"},
		{"exponent", one(`{"dtype":"I32","shape":[2],"data_offsets":[0,8e0]}`), json, "without fraction and exponent"},
		{"capital exponent", one(`{"dtype":"I32","shape":[2E0],"data_offsets":[0,8]}`), json, "without fraction and exponent"},
		{"leading zero", one(`{"dtype":"I32","shape":[02],"data_offsets":[0,8]}`), json, "begins with 0"},
		{"2^64", one(`{"dtype":"I32","shape":[18446744073709551616],"data_offsets":[0,8]}`), json, "2^64-1"},
		{"dtype twice", one(`{"dtype":"I32","dtype":"I32","shape":[2],"data_offsets":[0,8]}`), DuplicateName, `field "dtype"`},
		{"unknown field twice", one(`{"q":1,"dtype":"I32","q":1,"shape":[2],"data_offsets":[0,8]}`), DuplicateName, `field "q"`},
		{"broken unknown field", one(`{"q":01,"dtype":"I32","shape":[2],"data_offsets":[0,8]}`), json, "expected ','"},
		{"broken word", one(`{"q":nul,"dtype":"I32","shape":[2],"data_offsets":[0,8]}`), json, "expected a value"},
		{"deep nesting", one(`{"q":` + strings.Repeat("[", 100_000)), json, "nested deeper than 127"},
		{"nesting of 128", one(`{"q":` + strings.Repeat("[", 126) + strings.Repeat("]", 126) + `,"dtype":"I32","shape":[2],"data_offsets":[0,8]}`), json, "nested deeper than 127"},
		{"deep objects", one(`{"q":` + strings.Repeat(`{"":`, 100_000)), json, "nested deeper than 127"},

		// Tensors and their data.
		{"name twice", fileOf(`{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, make([]byte, 2)), DuplicateName, `tensor "x"`},
		{"name twice, the same", fileOf(`{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0078":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, make([]byte, 1)), DuplicateName, `tensor "x"`},
		{"gap", ranges(9, [2]uint64{0, 4}, [2]uint64{5, 9}), InvalidOffset, `tensor "b": begins at byte 5, expected 4: a gap`},
		{"gap at the start", ranges(16, [2]uint64{8, 16}), InvalidOffset, "begins at byte 8, expected 0"},
		{"overlap", ranges(8, [2]uint64{0, 5}, [2]uint64{4, 8}), InvalidOffset, `tensor "b": begins at byte 4, expected 5: it overlaps`},
		{"ten tensors over one range", ranges(16, sameRange...), InvalidOffset, "overlaps"},
		{"a thousand tensors of one name over one range", fileOf(amplified, make([]byte, 1)), DuplicateName, `tensor "x"`},
		{"end before begin", one(`{"dtype":"I32","shape":[2],"data_offsets":[8,0]}`), InvalidOffset, "before it begins"},
		{"shape larger than the range", one(`{"dtype":"I32","shape":[2,2],"data_offsets":[0,8]}`), TensorInvalidInfo, "takes 16 bytes, data_offsets [0,8] give it 8"},
		{"shape smaller than the range", one(`{"dtype":"I32","shape":[],"data_offsets":[0,8]}`), TensorInvalidInfo, "takes 4 bytes"},
		{"product overflows", one(`{"dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,8]}`), ValidationOverflow, "18446744073709551614"},
		{"bits overflow", one(`{"dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,8]}`), ValidationOverflow, "too large"},
		{"product overflows before a zero", one(`{"dtype":"I32","shape":[9223372036854775807,4,0],"data_offsets":[0,8]}`), ValidationOverflow, "too large"},
		{"partial byte", fileOf(`{"x":{"dtype":"F4","shape":[1,3],"data_offsets":[0,2]}}`, make([]byte, 2)), MisalignedSlice, "whole bytes"},
		{"data of 2^60 bytes", ranges(2, [2]uint64{0, 1 << 60}), MetadataIncompleteBuffer, "truncated download?"},
		{"data of 2^63-1 bytes", ranges(2, [2]uint64{0, 1<<63 - 1}), ValidationOverflow, "too large"},
		{"data of 5 times 2^60 bytes", ranges(2, piled(5)...), MetadataIncompleteBuffer, "header says 5,764,607,523,034,235,"},
		{"data of 8 times 2^60 bytes", ranges(2, piled(8)...), InvalidOffset, "beyond the end of any file"},
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, h := range hostileFiles() {
		_, err := NewReader(bytes.NewReader(h.bytes), int64(len(h.bytes)))
		var format *FormatError
		require.ErrorAs(t, err, &format, h.name)
		require.Equal(t, h.kind, format.Kind, "%s: %v", h.name, err)
		require.ErrorIs(t, err, h.kind, h.name)
		require.ErrorContains(t, err, h.detail, h.name)
		assert.NotContains(t, err.Error(), "\n", h.name)
		assert.Less(t, len(err.Error()), 500, h.name)

		path := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, os.WriteFile(path, h.bytes, 0o644))
		_, _, err = Load(path)
		require.ErrorIs(t, err, h.kind, h.name)
		assert.Contains(t, err.Error(), fmt.Sprintf("%q", path), "the message names the file")
	}
}

func TestTruncatedFileIsRefusedWhereverItEnds(t *testing.T) {
	t.Parallel()
	whole := writeAll(t, []dtype.Tensor{float32s(t, "a", 3), float32s(t, "b", 2, 2)}, dtype.BF16)
	for n := range whole {
		_, err := NewReader(bytes.NewReader(whole[:n]), int64(n))
		require.Error(t, err, "%d of %d bytes", n, len(whole))
	}
	_, err := NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
}

func TestTruncatedDownloadMessage(t *testing.T) {
	t.Parallel()
	const header = `{"w":{"dtype":"U8","shape":[548105088],"data_offsets":[0,548105088]}}      `
	b := fileOf(header, nil)
	_, err := NewReader(bytes.NewReader(b), 300_000_000)
	require.EqualError(t, err, "safetensors: incomplete file: truncated download? header says 548,105,171 bytes, file has 300,000,000")
}

// unusualFiles are allowed by the format, however rare.
func unusualFiles() map[string][]byte {
	const info = `{"dtype":"I32","shape":[2],"data_offsets":[0,8]}`
	return map[string][]byte{
		"smallest":             fileOf("{}", nil),
		"leading white space":  fileOf(" \t\r\n{}", nil),
		"trailing white space": fileOf("{} \t\r\n", nil),
		"white space inside":   fileOf(`{ "x" : { "dtype" : "I32" , "shape" : [ 2 ] , "data_offsets" : [ 0 , 8 ] } }`, make([]byte, 8)),
		"unaligned data":       fileOf(`{"x":`+info+`}`, make([]byte, 8)),
		"metadata is null":     fileOf(`{"__metadata__":null}`, nil),
		"metadata last":        fileOf(`{"x":`+info+`,"__metadata__":{}}`, make([]byte, 8)),
		"unknown fields":       one(`{"q":[1,-2.5e+3,{"a":null}],"dtype":"I32","r":true,"shape":[2],"data_offsets":[0,8],"s":"\ud83d\ude00"}`),
		"fields in any order":  one(`{"data_offsets":[0,8],"shape":[2],"dtype":"I32"}`),
		"name that is empty":   fileOf(`{"":`+info+`}`, make([]byte, 8)),
		"name of a path":       fileOf(`{"../../etc/passwd\u0000\n":`+info+`}`, make([]byte, 8)),
		"empty tensors":        fileOf(`{"a":{"dtype":"I32","shape":[0],"data_offsets":[8,8]},"x":`+info+`,"b":{"dtype":"I32","shape":[3,0],"data_offsets":[0,0]}}`, make([]byte, 8)),
		"zero before overflow": fileOf(`{"x":{"dtype":"U8","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}`, nil),
		"names out of order":   ranges(8, [2]uint64{4, 8}, [2]uint64{0, 4}),
		"unknown dtype":        one(`{"dtype":"F31","shape":[2],"data_offsets":[0,8]}`),
		"dtype in lower case":  one(`{"dtype":"i32","shape":[2],"data_offsets":[0,8]}`),
		"nesting of 127":       one(`{"q":` + strings.Repeat("[", 125) + "0" + strings.Repeat("]", 125) + `,"dtype":"I32","shape":[2],"data_offsets":[0,8]}`),
	}
}

func TestUnusualFilesAreAccepted(t *testing.T) {
	t.Parallel()
	for name, b := range unusualFiles() {
		f, err := NewReader(bytes.NewReader(b), int64(len(b)))
		require.NoError(t, err, name)
		for _, info := range f.Tensors() {
			require.NoError(t, f.View(info.Name, func(data []byte) error {
				require.Len(t, data, int(info.Bytes))
				return nil
			}), name)
			tensor, err := f.Read(info.Name)
			if info.DType == 0 {
				require.ErrorIs(t, err, UnknownDType, name)
				require.ErrorContains(t, err, strconv.Quote(info.Type), name)
				continue
			}
			require.NoError(t, err, name)
			require.NoError(t, tensor.Check(), name)
		}
	}
}

// TestClaimsCostNoMemory is not parallel, so that it measures its own allocations.
func TestClaimsCostNoMemory(t *testing.T) {
	for name, b := range map[string][]byte{
		"header of 100 MB":  lengthOnly(100_000_000, "{}"),
		"header of 2^64-1":  lengthOnly(math.MaxUint64, "{}"),
		"tensor of 1 TiB":   fileOf(`{"x":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}`, nil),
		"shape of 2^126":    fileOf(`{"x":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,1]}}`, []byte{0}),
		"many dims of zero": fileOf(`{"x":{"dtype":"U8","shape":[0,1099511627776],"data_offsets":[0,0]}}`, nil),
		"deep":              one(`{"q":` + strings.Repeat("[", 10_000)),
	} {
		assert.Less(t, cost.Allocated(func() {
			f, err := NewReader(bytes.NewReader(b), int64(len(b)))
			if err == nil {
				for _, err := range f.All() {
					require.NoError(t, err)
				}
			}
		}), uint64(100_000), name)
	}
}
