package gguf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/serialize/fault"
)

// ValueType is the number that a file gives the type of a metadata value, as enum gguf_type of gguf.h has it.
type ValueType uint32

// The types of values.
const (
	U8     ValueType = 0
	I8     ValueType = 1
	U16    ValueType = 2
	I16    ValueType = 3
	U32    ValueType = 4
	I32    ValueType = 5
	F32    ValueType = 6
	Bool   ValueType = 7
	String ValueType = 8
	Array  ValueType = 9
	U64    ValueType = 10
	I64    ValueType = 11
	F64    ValueType = 12
)

// valueTypes has the name that gguf.cpp gives each type, and the fewest bytes that a value of it takes.
var valueTypes = [...]struct {
	name  string
	least int64
}{
	U8: {"u8", 1}, I8: {"i8", 1}, U16: {"u16", 2}, I16: {"i16", 2}, U32: {"u32", 4}, I32: {"i32", 4}, F32: {"f32", 4}, Bool: {"bool", 1},
	String: {"str", lengthSize}, Array: {"arr", typeSize + lengthSize}, U64: {"u64", 8}, I64: {"i64", 8}, F64: {"f64", 8},
}

// Sizes of what headers consist of, in bytes.
const (
	typeSize   = 4
	lengthSize = 8
)

func (t ValueType) known() bool { return int64(t) < int64(len(valueTypes)) }

// String returns the name that ggml gives the type: "u32", "str", "arr".
func (t ValueType) String() string {
	if !t.known() {
		return fmt.Sprintf("ValueType(%d)", uint32(t))
	}
	return valueTypes[t].name
}

// Scalar is a Go type of a metadata value that is no array.
type Scalar interface {
	uint8 | int8 | uint16 | int16 | uint32 | int32 | float32 | bool | string | uint64 | int64 | float64
}

// Value is a metadata value: a number, a text, a truth, or an array of values of one type. It does not change. The zero Value is none, and is not written.
type Value struct {
	t, element ValueType // element: of an Array
	v          any       // nil: none; T or list[T] for a Scalar T, list[Value] for an array of arrays
}

// Of makes a value of the type that T stands for: Of(uint32(7)) is a u32.
func Of[T Scalar](v T) Value { return Value{t: typeOf[T](), v: v} }

// ArrayOf makes an array of values of the type that T stands for. It copies them.
func ArrayOf[T Scalar](v []T) Value {
	return Value{t: Array, element: typeOf[T](), v: append(list[T]{}, v...)}
}

// ArrayOfArrays makes an array of arrays. The specification has them; ggml refuses them, so llama.cpp opens no file that holds one. It panics when one of
// the values is no array.
func ArrayOfArrays(v []Value) Value {
	for _, element := range v {
		if element.t != Array {
			panic(brokenKey(WrongType, "", "ArrayOfArrays was given a %v", element.TypeName()))
		}
	}
	return Value{t: Array, element: Array, v: append(list[Value]{}, v...)}
}

// typeOf returns the type that T stands for.
func typeOf[T Scalar]() ValueType {
	switch any(*new(T)).(type) {
	case uint8:
		return U8
	case int8:
		return I8
	case uint16:
		return U16
	case int16:
		return I16
	case uint32:
		return U32
	case int32:
		return I32
	case float32:
		return F32
	case bool:
		return Bool
	case string:
		return String
	case uint64:
		return U64
	case int64:
		return I64
	}
	return F64
}

// Type returns the value's type. An array's elements: [Value.Element].
func (v Value) Type() ValueType { return v.t }

// Element returns the type of an array's elements. ok is false when v is no array.
func (v Value) Element() (t ValueType, ok bool) { return v.element, v.t == Array }

// TypeName is the type in full: "u32", "arr[str]", "arr[arr]".
func (v Value) TypeName() string {
	switch {
	case v.v == nil:
		return "none"
	case v.t == Array:
		return fmt.Sprintf("%v[%v]", v.t, v.element)
	}
	return v.t.String()
}

// Any returns the value as Go has it: uint32, string, []float32 ...; an array of arrays is a []Value. Slices are the Value's own and must not be changed.
func (v Value) Any() any {
	if l, ok := v.v.(elements); ok {
		return l.slice()
	}
	return v.v
}

// Len returns the number of an array's elements, and 1 for other values.
func (v Value) Len() int {
	if l, ok := v.v.(elements); ok {
		return l.length()
	}
	return 1
}

// mostShown is how many elements of an array String writes.
const mostShown = 8

// String writes the value for people: a text as it is, with whatever control characters it has; of an array the first elements and how many there are,
// texts in quotes.
func (v Value) String() string {
	l, ok := v.v.(elements)
	if !ok {
		return fmt.Sprint(v.v)
	}
	var shown []string
	for i := range min(l.length(), mostShown) {
		switch x := l.at(i).(type) {
		case string:
			shown = append(shown, fmt.Sprintf("%.100q", x))
		case Value:
			shown = append(shown, fmt.Sprintf("%v of %d", x.TypeName(), x.Len()))
		default:
			shown = append(shown, fmt.Sprint(x))
		}
	}
	if n := l.length(); n > mostShown {
		shown = append(shown, fmt.Sprintf("... %s in all", fault.Grouped(uint64(n))))
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

// elements are those of an array, whatever their type.
type elements interface {
	length() int
	at(i int) any
	slice() any
}

// list is the elements of an array whose type is T.
type list[T any] []T

func (l list[T]) length() int  { return len(l) }
func (l list[T]) at(i int) any { return l[i] }
func (l list[T]) slice() any   { return []T(l) }

// deeper tells whether v is an array of more levels than most.
func (v Value) deeper(most int) bool {
	if v.t != Array {
		return false
	}
	inner, _ := v.v.(list[Value])
	return most == 0 || slices.ContainsFunc(inner, func(e Value) bool { return e.deeper(most - 1) })
}
