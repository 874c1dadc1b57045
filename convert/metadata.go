package convert

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/heft-ml/heft/serialize"
)

// kinds are the types of metadata values that can be written as text, under GGUF's names for them.
var kinds = map[string]reflect.Type{
	"str": reflect.TypeFor[string](), "bool": reflect.TypeFor[bool](), "f32": reflect.TypeFor[float32](), "f64": reflect.TypeFor[float64](),
	"u8": reflect.TypeFor[uint8](), "u16": reflect.TypeFor[uint16](), "u32": reflect.TypeFor[uint32](), "u64": reflect.TypeFor[uint64](),
	"i8": reflect.TypeFor[int8](), "i16": reflect.TypeFor[int16](), "i32": reflect.TypeFor[int32](), "i64": reflect.TypeFor[int64](),
}

// SetMetadata returns metadata in which a key has the value that text is: in its place and of the type it had, or at the
// end and a text when it is new. kind, if not empty, is the type that it gets: GGUF's "str", "bool", "f32", "u32" and so
// on. m stays as it is. Lists cannot be set.
func SetMetadata(m serialize.Metadata, key, text, kind string) (serialize.Metadata, error) {
	at := len(m)
	wanted := kinds["str"]
	for i, kv := range m {
		if kv.Key == key {
			at, wanted = i, reflect.TypeOf(kv.Value)
		}
	}
	if kind != "" {
		var known bool
		if wanted, known = kinds[kind]; !known {
			return nil, fmt.Errorf("type %.100q is none of str, bool, f32, f64, u8, u16, u32, u64, i8, i16, i32, i64", kind)
		}
	}
	value, err := parse(text, wanted)
	if err != nil {
		return nil, fmt.Errorf("metadata %.100q: %w", key, err)
	}
	changed := append(serialize.Metadata{}, m...)
	if at == len(m) {
		changed = append(changed, serialize.KV{Key: key})
	}
	changed[at].Value = value
	return changed, nil
}

// parse reads a text as a value of a type.
func parse(text string, t reflect.Type) (any, error) {
	v := reflect.New(t).Elem()
	var err error
	switch {
	case t.Kind() == reflect.String:
		v.SetString(text)
	case t.Kind() == reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case v.CanInt():
		var i int64
		i, err = strconv.ParseInt(text, 10, t.Bits())
		v.SetInt(i)
	case v.CanUint():
		var u uint64
		u, err = strconv.ParseUint(text, 10, t.Bits())
		v.SetUint(u)
	case v.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, t.Bits())
		v.SetFloat(f)
	default:
		return nil, errors.New("it is a list, which cannot be set")
	}
	if err != nil {
		return nil, fmt.Errorf("%.100q is no %v", text, t)
	}
	return v.Interface(), nil
}
