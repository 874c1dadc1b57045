package serialize

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/serialize/gguf"
)

// typesKey is the key under which a safetensors file, whose metadata are texts, has the order and the types that they had before: JSON of pairs of a key and
// GGUF's name of its type, [["llama.block_count","u32"],["tokenizer.ggml.tokens","arr[str]"]]. So metadata comes back from safetensors as it was, but for
// arrays of arrays. A file has it where not all was text.
const typesKey = "heft.types"

// textMetadata makes texts of metadata: JSON of what is none.
func textMetadata(m Metadata) (map[string]string, error) {
	texts := make(map[string]string, len(m)+1)
	types := make([][2]string, 0, len(m))
	typed := false
	for _, kv := range m {
		if _, twice := texts[kv.Key]; twice {
			return nil, &MetadataError{Safetensors, kv.Key, "the key comes twice"}
		}
		text, isText := kv.Value.(string)
		if !isText {
			typed = true
			var err error
			if text, err = jsonText(kv.Value); err != nil {
				return nil, &MetadataError{Safetensors, kv.Key, err.Error()}
			}
			if list, ok := kv.Value.([]string); ok && slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) }) {
				return nil, &MetadataError{Safetensors, kv.Key, "a text in it is not UTF-8: leave it out"}
			}
		}
		texts[kv.Key] = text
		if v, ok := ggufValue(kv.Value); ok {
			types = append(types, [2]string{kv.Key, v.TypeName()})
		}
	}
	if own, taken := texts[typesKey]; taken && (typed || typesOf(own) != nil) {
		return nil, &MetadataError{Safetensors, typesKey, "Heft keeps the types of the other keys there: leave it out"}
	}
	if !typed {
		return texts, nil
	}
	text, err := jsonText(types)
	texts[typesKey] = text
	return texts, err
}

// typedMetadata is the way back: keys in the order and of the types that they had, then the others sorted. What is no text that textMetadata makes of such
// a type, since somebody changed it, stays a text.
func typedMetadata(texts map[string]string) Metadata {
	types := typesOf(texts[typesKey])
	rest := maps.Clone(texts)
	if types != nil {
		delete(rest, typesKey)
	}
	var m Metadata
	for _, pair := range types {
		key := pair[0]
		text, ok := rest[key]
		if !ok {
			continue
		}
		delete(rest, key)
		var value any = text
		if read, ok := textTypes[pair[1]]; ok {
			if v, ok := read(text); ok {
				value = v
			}
		}
		m = append(m, KV{key, value})
	}
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		m = append(m, KV{key, rest[key]})
	}
	return m
}

// typesOf reads what typesKey says; nil where it is somebody else's key, or there is none.
func typesOf(text string) (types [][2]string) {
	if err := json.Unmarshal([]byte(text), &types); err != nil {
		return nil
	}
	return types
}

// jsonText is JSON as people read it: "<" is itself, and bytes are numbers.
func jsonText(v any) (string, error) {
	if octets, ok := v.([]uint8); ok {
		numbers := make([]uint16, len(octets))
		for i, x := range octets {
			numbers[i] = uint16(x)
		}
		v = numbers
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), err
}

// textTypes read a text as a value, by GGUF's name of its type.
var textTypes = func() map[string]func(text string) (v any, ok bool) {
	all := map[string]func(text string) (any, bool){}
	addTextTypes[uint8](all)
	addTextTypes[int8](all)
	addTextTypes[uint16](all)
	addTextTypes[int16](all)
	addTextTypes[uint32](all)
	addTextTypes[int32](all)
	addTextTypes[float32](all)
	addTextTypes[bool](all)
	addTextTypes[uint64](all)
	addTextTypes[int64](all)
	addTextTypes[float64](all)
	all[gguf.ArrayOf[string](nil).TypeName()] = parseText[[]string]
	return all
}()

// addTextTypes adds a type and that of arrays of it.
func addTextTypes[T gguf.Scalar](all map[string]func(text string) (any, bool)) {
	all[gguf.Of(*new(T)).TypeName()] = parseText[T]
	all[gguf.ArrayOf[T](nil).TypeName()] = parseText[[]T]
}

// parseText reads what jsonText wrote of a V.
func parseText[V any](text string) (any, bool) {
	var v V
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, false
	}
	again, err := jsonText(v)
	return v, err == nil && again == text
}
