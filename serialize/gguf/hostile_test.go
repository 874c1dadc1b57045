package gguf

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/quant/ggml"
)

// hostile is a file that must be refused.
type hostile struct {
	name   string
	bytes  []byte
	kind   Kind
	offset int64  // the byte at fault; -1: none
	detail string // part of the message
}

// one makes a file of one tensor x with so many bytes of data.
func one(t ggml.Type, bytes int, dims ...uint64) []byte {
	return le().start(1, 0).tensor("x", t, 0, dims...).data(32, bytes).b
}

// hostileFiles is the corpus of TestHostileFilesAreRefused and of the fuzz target. Where ggml's own test (tests/test-gguf.cpp) has the case, its name
// stands in brackets.
func hostileFiles() []hostile {
	keys := func(n uint64) *raw { return le().start(0, n) }
	aligned := func(n uint32) []byte {
		return keys(1).key(KeyAlignment, U32).u32(n).data(32, 64).b
	}
	two := func(second uint64, align uint32) []byte {
		return le().start(2, 1).key(KeyAlignment, U32).u32(align).tensor("a", ggml.F32, 0, 3).tensor("b", ggml.F32, second, 3).data(int(align), 256).b
	}
	deep := keys(1).key("k", Array)
	for range deepest {
		deep.array(Array, 1)
	}
	deep.array(U8, 1).bytes(7)
	return []hostile{
		// What the file is.
		{"nothing", nil, NotGGUF, -1, "empty"},
		{"four bytes of another kind [HEADER_BAD_MAGIC]", []byte("FUGG"), NotGGUF, -1, `begins with "FUGG"`},
		{"three bytes", []byte("GGU"), NotGGUF, -1, "3 bytes"},
		{"ggjt", []byte("tjgg\x03\x00\x00\x00"), NotGGUF, -1, "before GGUF"},
		{"a zip", []byte("PK\x03\x04 and more"), NotGGUF, -1, "zip"},
		{"safetensors", []byte("\x10\x00\x00\x00\x00\x00\x00\x00{\"a\":1}"), NotGGUF, -1, "safetensors"},
		{"magic alone (CVE-2024-39720)", []byte(magic), Truncated, 4, "the version of 4 bytes"},
		{"version 0 [HEADER_BAD_VERSION_0]", le().bytes([]byte(magic)...).u32(0).u64(0).u64(0).b, Unsupported, 4, "version 0"},
		{"version 1 [HEADER_BAD_VERSION_1]", le().bytes([]byte(magic)...).u32(1).u32(0).u32(0).b, Unsupported, 4, "version 1"},
		{"version 1 with an empty text", le().bytes([]byte(magic)...).u32(1).u32(0).u32(1).u64(0).b, Unsupported, 4, "version 1"},
		{"version 4 [HEADER_BAD_VERSION_FUTURE]", le().bytes([]byte(magic)...).u32(4).u64(0).u64(0).b, Unsupported, 4, "version 4"},
		{"version 3 in the middle of nowhere", le().bytes([]byte(magic)...).u32(0x00030000).u64(0).u64(0).b, Unsupported, 4, "version 768"},

		// How much there is.
		{"2^64-1 tensors [HEADER_BAD_N_TENSORS]", le().start(math.MaxUint64, 0).b, Truncated, 8, "18,446,744,073,709,551,615 tensors"},
		{"2^63 keys [HEADER_BAD_N_KV]", le().start(0, 1<<63).b, Truncated, 16, "9,223,372,036,854,775,808 metadata keys"},
		{"one tensor too many", le().start(2, 0).tensor("x", ggml.F32, 0, 1).b, Truncated, 8, "2 tensors"},
		{"a tensor and no more", le().start(1, 0).b, Truncated, 8, "1 tensors"},
		{"no counts", le().bytes([]byte(magic)...).u32(3).b, Truncated, 8, "a count of 8 bytes, but only 0 are left"},

		// Keys.
		{"key of 2^63 [KV_BAD_KEY_SIZE]", keys(1).u64(1 << 63).bytes(make([]byte, 32)...).b, Truncated, 24, "9,223,372,036,854,775,808"},
		{"key of 2^64-1", keys(1).u64(math.MaxUint64).bytes(make([]byte, 32)...).b, Truncated, 24, "18,446,744,073,709,551,615"},
		{"key beyond the end", keys(1).u64(100).bytes(make([]byte, 32)...).b, Truncated, 24, "only 32 are left"},
		{"empty key [KV_EMPTY_KEY]", keys(1).key("", U8).bytes(1, 0, 0).b, InvalidName, 24, "empty"},
		{"key twice [KV_DUPLICATE_KEY]", keys(2).key("k", U8).bytes(1).key("k", U8).bytes(2).b, DuplicateName, 38, `key "k"`},
		{"key of no text", keys(1).key("\xff\xfe", U8).bytes(1).b, InvalidName, 24, "UTF-8"},
		{"key of 65536 bytes", keys(1).key(strings.Repeat("k", 1<<16), U8).bytes(1).b, InvalidName, 24, "65,536"},

		// Values.
		{"type 13 [KV_BAD_TYPE]", keys(1).key("k", 13).u64(0).b, BadValue, 33, "type 13"},
		{"type 2^32-1", keys(1).key("k", math.MaxUint32).u64(0).b, BadValue, 33, "type 4294967295"},
		{"bool of 2", keys(1).key("k", Bool).bytes(2).b, BadValue, 37, "a bool is 2"},
		{"array of bools, one of 255", keys(1).key("k", Array).array(Bool, 3).bytes(0, 1, 255).b, BadValue, 51, "a bool is 255"},
		{"text of 2^63", keys(1).key("k", String).u64(1 << 63).b, Truncated, 37, "9,223,372,036,854,775,808"},
		{"text of 2^30+1", keys(1).key("k", String).u64(1<<30 + 1).b, Truncated, 37, "1,073,741,825"},
		{"text of 2^30", keys(1).key("k", String).u64(1 << 30).b, Truncated, 37, "1,073,741,824"},
		{"number cut", keys(1).key("k", U64).u32(0).b, Truncated, 37, "8 bytes, but only 4"},
		{"array of 2^64-1", keys(1).key("k", Array).array(U8, math.MaxUint64).b, Truncated, 41, "18,446,744,073,709,551,615 u8"},
		{"array of 2^62 f64, wrapping", keys(1).key("k", Array).array(F64, 1<<61).bytes(make([]byte, 64)...).b, Truncated, 41, "f64"},
		{"array one longer than there is", keys(1).key("k", Array).array(U32, 3).u64(0).b, Truncated, 41, "3 u32"},
		{"array of texts of 2^60", keys(1).key("k", Array).array(String, 1<<60).u64(0).b, Truncated, 41, "str"},
		{"array of texts, one of 2^40", keys(1).key("k", Array).array(String, 1).u64(1 << 40).b, Truncated, 49, "1,099,511,627,776"},
		{"array of type 99", keys(1).key("k", Array).array(99, 1).u64(0).b, BadValue, 37, "type 99"},
		{"array of 2^60 arrays", keys(1).key("k", Array).array(Array, 1<<60).u64(0).b, Truncated, 41, "arr"},
		{"arrays nine deep", deep.b, BadValue, 37 + 12*deepest, "more than 8 deep"},

		// The alignment.
		{"alignment of another type [KV_WRONG_TYPE_ALIGN]", keys(1).key(KeyAlignment, U64).u64(32).b, BadAlignment, -1, "u64"},
		{"alignment of many", keys(1).key(KeyAlignment, Array).array(U32, 1).u32(32).b, BadAlignment, -1, "arr[u32]"},
		{"alignment 0 (CVE-2025-0317)", aligned(0), BadAlignment, -1, "0, a power of two"},
		{"alignment 48 [KV_BAD_ALIGN]", aligned(48), BadAlignment, -1, "48, a power of two"},
		{"alignment 2^32-1", aligned(math.MaxUint32), BadAlignment, -1, "power of two"},
		{"alignment 2^31", le().start(1, 1).key(KeyAlignment, U32).u32(1<<31).tensor("x", ggml.F32, 0, 1).data(32, 4).b, Truncated, 90, "next multiple of 2147483648"},

		// Names.
		{"name of 2^63 [TENSORS_BAD_NAME_SIZE]", le().start(1, 0).u64(1 << 63).bytes(make([]byte, 64)...).b, Truncated, 24, "a tensor's name"},
		{"name of 64 bytes", le().start(1, 0).tensor(strings.Repeat("n", 64), ggml.F32, 0, 1).data(32, 4).b, InvalidName, 24, "64 bytes, at most 63"},
		{"name twice [TENSORS_DUPLICATE_NAME]", le().start(2, 0).tensor("x", ggml.F32, 0, 1).tensor("x", ggml.F32, 32, 1).data(32, 64).b, DuplicateName, 57, `tensor "x"`},
		{"name with a zero", le().start(1, 0).tensor("x\x00y", ggml.F32, 0, 1).data(32, 4).b, InvalidName, 24, "zero"},
		{"name of no text", le().start(1, 0).tensor("\xff", ggml.F32, 0, 1).data(32, 4).b, InvalidName, 24, "UTF-8"},

		// Shapes and types.
		{"five dimensions [TENSORS_BAD_N_DIMS]", one(ggml.F32, 4, 1, 1, 1, 1, 1), BadTensor, 33, "5 dimensions, at most 4"},
		{"2^32-1 dimensions", le().start(1, 0).str("x").u32(math.MaxUint32).u64(0).u64(0).b, BadTensor, 33, "4294967295 dimensions"},
		{"dimension of -1 [TENSORS_BAD_SHAPE]", one(ggml.F32, 4, math.MaxUint64), BadTensor, 37, "18,446,744,073,709,551,615"},
		{"product of 2^64", one(ggml.F32, 4, 1<<32, 1<<32), BadTensor, 33, "too many elements"},
		{"another product of 2^64", one(ggml.F32, 4, 1<<62, 4), BadTensor, 33, "too many elements"},
		{"product of 2^63 [TENSORS_NE_TOO_BIG]", one(ggml.I8, 4, 1<<62, 2), BadTensor, 33, "too many elements"},
		{"product of 2^64 and a zero", one(ggml.F32, 4, 1<<32, 1<<32, 0), BadTensor, 33, "too many elements"},
		{"bytes of 2^64 [TENSORS_NBYTES_TOO_BIG]", one(ggml.F32, 4, 1<<62), BadTensor, 33, "more bytes than can be counted"},
		{"type 43 [TENSORS_BAD_TYPE]", one(43, 4, 1), BadTensor, 45, "type 43"},
		{"type 4, which is no more", one(4, 18, 32), BadTensor, 45, "type 4 "},
		{"type 36, which is no more", one(36, 18, 32), BadTensor, 45, "type 36"},
		{"type 2^32-1", one(math.MaxUint32, 4, 1), BadTensor, 45, "type 4294967295"},
		{"half a block", one(ggml.Q4_0, 18, 16, 2), BadTensor, 33, "32 each"},
		{"a block and a half", one(ggml.Q4_K, 288, 384, 4), BadTensor, 33, "256 each"},
		{"no dimension of blocks", one(ggml.Q8_0, 34), BadTensor, 33, "32 each"},

		// Offsets.
		{"offset of 2^63", le().start(1, 0).tensor("x", ggml.F32, 1<<63, 1).data(32, 4).b, BadOffset, 49, "beyond any file"},
		{"offset that is not aligned [TENSORS_BAD_OFFSET]", le().start(1, 0).tensor("x", ggml.F32, 1, 1).data(32, 64).b, BadOffset, 49, "no multiple of the alignment"},
		{"first tensor not at the beginning", le().start(1, 0).tensor("x", ggml.F32, 32, 1).data(32, 64).b, BadOffset, 49, "gap"},
		{"overlap", two(0, 32), BadOffset, 115, "lies within the tensor before"},
		{"gap", two(64, 32), BadOffset, 115, "leaves a gap"},
		{"alignment not kept [TENSORS_INCONSISTENT_ALIGN]", two(16, 64), BadOffset, 115, "no multiple of the alignment, 64"},

		// Data.
		{"data cut [DATA_NOT_ENOUGH_DATA]", one(ggml.F32, 15, 4), Truncated, 49, "ends at byte 80, the file at 79"},
		{"no data", le().start(1, 0).tensor("x", ggml.F32, 0, 4).b, Truncated, 57, "the data begins"},
		{"a petabyte (CVE-2026-7482)", one(ggml.F32, 64, 1<<48), Truncated, 49, "truncated download?"},
		{"sizes that add up to 2^64 (CVE-2025-53630)", le().start(3, 0).tensor("a", ggml.I8, 0, 1<<62).tensor("b", ggml.I8, 1<<62, 1<<62).
			tensor("c", ggml.I8, 1<<63-1, 1<<62).data(32, 64).b, Truncated, 49, `tensor "a"`},
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, h := range hostileFiles() {
		_, err := NewReader(bytes.NewReader(h.bytes), int64(len(h.bytes)))
		var format *FormatError
		if !assert.ErrorAs(t, err, &format, h.name) {
			continue
		}
		assert.ErrorIs(t, err, h.kind, "%s: %v", h.name, err)
		assert.Equal(t, h.offset, format.Offset, "%s: %v", h.name, err)
		assert.ErrorContains(t, err, h.detail, h.name)
		assert.NotContains(t, err.Error(), "\n", h.name)
	}
}

// TestUnusualFilesAreRead has what ggml accepts, too.
func TestUnusualFilesAreRead(t *testing.T) {
	t.Parallel()
	for name, b := range unusualFiles() {
		f, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if assert.NoError(t, err, name) {
			again := opened(t, copied(t, f))
			assert.Equal(t, f.Metadata(), again.Metadata(), name)
			assert.Equal(t, f.Tensors(), again.Tensors(), name)
		}
	}
}

func unusualFiles() map[string][]byte {
	return map[string][]byte{
		"nothing in it [HEADER_EMPTY]":        le().start(0, 0).b,
		"keys without padding":                le().start(0, 1).key("k", U8).bytes(1).b,
		"a scalar":                            one(ggml.F32, 4),
		"a dimension of zero [ZERO_DIM]":      one(ggml.F32, 0, 0, 5),
		"no row of a block":                   one(ggml.Q4_K, 0, 0, 5),
		"a name of 63 bytes":                  le().start(1, 0).tensor(strings.Repeat("n", 63), ggml.F32, 0, 1).data(32, 4).b,
		"an empty name":                       le().start(1, 0).tensor("", ggml.F32, 0, 1).data(32, 4).b,
		"an alignment of 1":                   le().start(2, 1).key(KeyAlignment, U32).u32(1).tensor("a", ggml.I8, 0, 3).tensor("b", ggml.I8, 3, 3).data(1, 6).b,
		"an alignment of 8":                   le().start(1, 1).key(KeyAlignment, U32).u32(8).tensor("a", ggml.I8, 0, 3).data(8, 3).b,
		"an alignment of 4096 [CUSTOM_ALIGN]": le().start(1, 1).key(KeyAlignment, U32).u32(4096).tensor("a", ggml.I8, 0, 3).data(4096, 3).b,
		"a last tensor without padding":       one(ggml.F32, 4, 1),
		"a type that is not decoded":          one(ggml.IQ2_XXS, 66, 256),
		"arrays eight deep":                   nested(deepest),
		"an empty array of arrays":            le().start(0, 1).key("k", Array).array(Array, 0).b,
		"bytes at the end":                    append(one(ggml.F32, 32, 8), "hidden"...),
	}
}

// nested makes a file with an array of arrays of ... so many levels.
func nested(levels int) []byte {
	r := le().start(0, 1).key("k", Array)
	for range levels - 1 {
		r.array(Array, 1)
	}
	return r.array(U8, 2).bytes(7, 8).b
}
