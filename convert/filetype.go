package convert

import (
	"slices"

	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// quantizationVersion is that of the blocks of quant/ggml: GGML_QNT_VERSION of ggml.h.
const quantizationVersion uint32 = 2

// fileTypes are the numbers that llama.h's enum llama_ftype has for files of mostly one type.
var fileTypes = map[string]uint32{
	"F32": 0, "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9,
	"Q2_K": 10, "Q3_K": 11, "Q4_K": 14, "Q5_K": 16, "Q6_K": 18, "BF16": 32,
}

// typed returns a GGUF's metadata that says of which type most numbers are, and which version blocks have, where types were chosen, or
// where it was said of a GGUF that became a file of another format meanwhile. Each is said in its place, if it was said before; the
// version also where no blocks are left, as llama-quantize says it in every file. left is the key of a type that has no number.
func (t *transfer) typed(m serialize.Metadata) (typed serialize.Metadata, left []string) {
	told := func(kv serialize.KV) bool { return kv.Key == gguf.KeyFileType || kv.Key == gguf.KeyQuantizationVersion }
	chosen := t.o.As != nil || t.o.DType != 0
	if t.o.Format != serialize.GGUF || !chosen && (t.in.Format() == serialize.GGUF || !slices.ContainsFunc(m, told)) {
		return m, nil
	}
	numbers, most, blocks := map[string]int{}, "", false
	for _, info := range t.infos {
		numbers[info.Type] += info.NumElements()
		if n := numbers[info.Type]; n > numbers[most] || n == numbers[most] && info.Type < most {
			most = info.Type
		}
		blocks = blocks || info.DType == 0
	}
	typed = slices.Clone(m)
	if number, known := fileTypes[most]; known {
		typed = say(typed, gguf.KeyFileType, number)
	} else if _, was := m.Value(gguf.KeyFileType); was {
		typed = slices.DeleteFunc(typed, func(kv serialize.KV) bool { return kv.Key == gguf.KeyFileType })
		left = []string{gguf.KeyFileType}
	}
	if _, was := m.Value(gguf.KeyQuantizationVersion); was || blocks {
		typed = say(typed, gguf.KeyQuantizationVersion, quantizationVersion)
	}
	return typed, left
}

// say gives a key of m that value: in its place, or at the end where it is new.
func say(m serialize.Metadata, key string, value uint32) serialize.Metadata {
	i := slices.IndexFunc(m, func(kv serialize.KV) bool { return kv.Key == key })
	if i < 0 {
		return append(m, serialize.KV{Key: key, Value: value})
	}
	m[i].Value = value
	return m
}
