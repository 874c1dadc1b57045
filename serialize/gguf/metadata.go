package gguf

import (
	"math"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/serialize/fault"
)

// KV is a metadata key and its value.
type KV struct {
	Key   string // "llama.block_count"
	Value Value
}

// Metadata is the keys and values of a file, in the file's order. Keys come once.
type Metadata []KV

// Keys that mean something to every file.
const (
	KeyArchitecture        = "general.architecture"         // str: the only key that llama.cpp wants of every model
	KeyFileType            = "general.file_type"            // u32: which mixture of types, as llama.h's enum llama_ftype has it
	KeyAlignment           = "general.alignment"            // u32: what offsets are multiples of; 32 without it
	KeyQuantizationVersion = "general.quantization_version" // u32: 2, when a tensor has blocks

	keySplitNo      = "split.no"            // u16: which file of several this is, from 0 on
	keySplitCount   = "split.count"         // u16: how many there are
	keySplitTensors = "split.tensors.count" // i32: how many tensors they have together
)

// defaultAlignment is what offsets are multiples of in a file that does not say.
const defaultAlignment = 32

// Value returns the value of a key. ok is false when there is no such key.
func (m Metadata) Value(key string) (v Value, ok bool) {
	if i := m.find(key); i >= 0 {
		return m[i].Value, true
	}
	return Value{}, false
}

func (m Metadata) find(key string) int {
	return slices.IndexFunc(m, func(kv KV) bool { return kv.Key == key })
}

// With returns metadata in which the key has that value: in its place, or at the end when it is new. m stays as it is.
func (m Metadata) With(key string, v Value) Metadata {
	m = slices.Clone(m)
	if i := m.find(key); i >= 0 {
		m[i].Value = v
		return m
	}
	return append(m, KV{key, v})
}

// Without returns metadata without the keys. m stays as it is.
func (m Metadata) Without(keys ...string) Metadata {
	return slices.DeleteFunc(slices.Clone(m), func(kv KV) bool { return slices.Contains(keys, kv.Key) })
}

// Text returns a str. The error is a [FormatError] of kind [KeyNotFound] or [WrongType].
func (m Metadata) Text(key string) (string, error) { return scalar(m, key, "str", as[string]) }

// Bool returns a bool. Errors are those of [Metadata.Text].
func (m Metadata) Bool(key string) (bool, error) { return scalar(m, key, "bool", as[bool]) }

// Int returns an integer of any type. Errors are those of [Metadata.Text], also for a u64 that is no int64.
func (m Metadata) Int(key string) (int64, error) { return scalar(m, key, "an integer", whole) }

// Float returns an f32 or f64. Errors are those of [Metadata.Text].
func (m Metadata) Float(key string) (float64, error) { return scalar(m, key, "f32 or f64", real) }

// Texts returns a copy of an array of str. Errors are those of [Metadata.Text].
func (m Metadata) Texts(key string) ([]string, error) { return array(m, key, "str", as[string]) }

// Bools returns a copy of an array of bool. Errors are those of [Metadata.Text].
func (m Metadata) Bools(key string) ([]bool, error) { return array(m, key, "bool", as[bool]) }

// Ints returns an array of integers of any type. Errors are those of [Metadata.Int].
func (m Metadata) Ints(key string) ([]int64, error) { return array(m, key, "integers", whole) }

// Floats returns an array of f32 or f64. Errors are those of [Metadata.Text].
func (m Metadata) Floats(key string) ([]float64, error) { return array(m, key, "f32 or f64", real) }

// scalar returns the value of a key as T.
func scalar[T any](m Metadata, key, want string, convert func(x any) (T, bool)) (T, error) {
	var none T
	v, ok := m.Value(key)
	if !ok {
		return none, brokenKey(KeyNotFound, key, "use a key that the metadata has")
	}
	x, ok := convert(v.v)
	if !ok {
		return none, brokenKey(WrongType, key, "it is %v %.100q, %s is needed", v.TypeName(), v.String(), want)
	}
	return x, nil
}

// array returns the elements of a key as T.
func array[T any](m Metadata, key, want string, convert func(x any) (T, bool)) ([]T, error) {
	v, ok := m.Value(key)
	if !ok {
		return nil, brokenKey(KeyNotFound, key, "use a key that the metadata has")
	}
	l, ok := v.v.(elements)
	if !ok {
		return nil, brokenKey(WrongType, key, "it is %v %.100q, an array of %s is needed", v.TypeName(), v.String(), want)
	}
	all := make([]T, 0, l.length())
	for i := range l.length() {
		x, ok := convert(l.at(i))
		if !ok {
			return nil, brokenKey(WrongType, key, "it is %v, an array of %s is needed", v.TypeName(), want)
		}
		all = append(all, x)
	}
	return all, nil
}

func as[T Scalar](x any) (T, bool) {
	t, ok := x.(T)
	return t, ok
}

// whole returns an integer of any type.
func whole(x any) (int64, bool) {
	switch n := x.(type) {
	case uint8:
		return int64(n), true
	case int8:
		return int64(n), true
	case uint16:
		return int64(n), true
	case int16:
		return int64(n), true
	case uint32:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), n <= math.MaxInt64
	}
	return 0, false
}

func real(x any) (float64, bool) {
	switch f := x.(type) {
	case float32:
		return float64(f), true
	case float64:
		return f, true
	}
	return 0, false
}

// alignment returns what the offsets of a file with this metadata are multiples of.
func (m Metadata) alignment() (int64, error) {
	v, ok := m.Value(KeyAlignment)
	if !ok {
		return defaultAlignment, nil
	}
	n, ok := v.v.(uint32)
	switch {
	case !ok:
		return 0, brokenKey(BadAlignment, KeyAlignment, "it is %v, a u32 is needed", v.TypeName())
	case n == 0 || n&(n-1) != 0:
		return 0, brokenKey(BadAlignment, KeyAlignment, "it is %d, a power of two is needed", n)
	}
	return int64(n), nil
}

// Limits on metadata, of the specification where it has them.
const (
	longestKey = 1<<16 - 1 // bytes
	deepest    = 8         // levels of arrays
)

// checkKey refuses what is no key.
func checkKey(key string) error {
	switch {
	case key == "":
		return broken(InvalidName, "a metadata key is empty")
	case len(key) > longestKey:
		return brokenKey(InvalidName, key, "a key has %s bytes, at most %s are allowed", fault.Grouped(uint64(len(key))), fault.Grouped(longestKey))
	case !utf8.ValidString(key):
		return brokenKey(InvalidName, key, "a key is not UTF-8")
	}
	return nil
}

// check refuses metadata that cannot be written.
func (m Metadata) check() error {
	keys := make(map[string]bool, len(m))
	for _, kv := range m {
		err := checkKey(kv.Key)
		switch {
		case err != nil:
			return err
		case keys[kv.Key]:
			return brokenKey(DuplicateName, kv.Key, "the key comes twice")
		case kv.Value.v == nil:
			return brokenKey(BadValue, kv.Key, "it has no value: make one with Of or ArrayOf")
		case kv.Value.deeper(deepest):
			return brokenKey(BadValue, kv.Key, "arrays stand in arrays more than %d deep", deepest)
		}
		keys[kv.Key] = true
	}
	n, err := m.alignment()
	if err == nil && n > mostAlignment {
		err = brokenKey(BadAlignment, KeyAlignment, "it is %d, at most %d is written", n, mostAlignment)
	}
	return err
}

// mostAlignment bounds what is written between tensors.
const mostAlignment = 1 << 20
