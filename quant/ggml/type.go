package ggml

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// Type is the number that GGUF files give a format of elements, as enum ggml_type of ggml.h has it. Any number may stand in a file: see [Type.Known].
type Type uint32

// The types, under the names and numbers of ggml.h. The numbers between them were used once and have been removed.
const (
	F32     Type = 0
	F16     Type = 1
	Q4_0    Type = 2
	Q4_1    Type = 3
	Q5_0    Type = 6
	Q5_1    Type = 7
	Q8_0    Type = 8
	Q8_1    Type = 9
	Q2_K    Type = 10
	Q3_K    Type = 11
	Q4_K    Type = 12
	Q5_K    Type = 13
	Q6_K    Type = 14
	Q8_K    Type = 15
	IQ2_XXS Type = 16
	IQ2_XS  Type = 17
	IQ3_XXS Type = 18
	IQ1_S   Type = 19
	IQ4_NL  Type = 20
	IQ3_S   Type = 21
	IQ2_S   Type = 22
	IQ4_XS  Type = 23
	I8      Type = 24
	I16     Type = 25
	I32     Type = 26
	I64     Type = 27
	F64     Type = 28
	IQ1_M   Type = 29
	BF16    Type = 30
	TQ1_0   Type = 34
	TQ2_0   Type = 35
	MXFP4   Type = 39
	NVFP4   Type = 40
	Q1_0    Type = 41
	Q2_0    Type = 42
)

// layout is how a type lies in memory: its name, the elements of a block and the bytes they take together. plain is the format of the elements of
// types without blocks.
type layout struct {
	name            string
	elements, bytes int
	plain           dtype.DType
}

// layouts is indexed by Type. Numbers that are not in use have no elements.
var layouts = [...]layout{
	F32:     {"F32", 1, 4, dtype.F32},
	F16:     {"F16", 1, 2, dtype.F16},
	Q4_0:    {"Q4_0", 32, 18, 0},
	Q4_1:    {"Q4_1", 32, 20, 0},
	Q5_0:    {"Q5_0", 32, 22, 0},
	Q5_1:    {"Q5_1", 32, 24, 0},
	Q8_0:    {"Q8_0", 32, 34, 0},
	Q8_1:    {"Q8_1", 32, 36, 0},
	Q2_K:    {"Q2_K", 256, 84, 0},
	Q3_K:    {"Q3_K", 256, 110, 0},
	Q4_K:    {"Q4_K", 256, 144, 0},
	Q5_K:    {"Q5_K", 256, 176, 0},
	Q6_K:    {"Q6_K", 256, 210, 0},
	Q8_K:    {"Q8_K", 256, 292, 0},
	IQ2_XXS: {"IQ2_XXS", 256, 66, 0},
	IQ2_XS:  {"IQ2_XS", 256, 74, 0},
	IQ3_XXS: {"IQ3_XXS", 256, 98, 0},
	IQ1_S:   {"IQ1_S", 256, 50, 0},
	IQ4_NL:  {"IQ4_NL", 32, 18, 0},
	IQ3_S:   {"IQ3_S", 256, 110, 0},
	IQ2_S:   {"IQ2_S", 256, 82, 0},
	IQ4_XS:  {"IQ4_XS", 256, 136, 0},
	I8:      {"I8", 1, 1, dtype.I8},
	I16:     {"I16", 1, 2, dtype.I16},
	I32:     {"I32", 1, 4, dtype.I32},
	I64:     {"I64", 1, 8, dtype.I64},
	F64:     {"F64", 1, 8, dtype.F64},
	IQ1_M:   {"IQ1_M", 256, 56, 0},
	BF16:    {"BF16", 1, 2, dtype.BF16},
	TQ1_0:   {"TQ1_0", 256, 54, 0},
	TQ2_0:   {"TQ2_0", 256, 66, 0},
	MXFP4:   {"MXFP4", 32, 17, 0},
	NVFP4:   {"NVFP4", 64, 36, 0},
	Q1_0:    {"Q1_0", 128, 18, 0},
	Q2_0:    {"Q2_0", 64, 18, 0},
}

// Types returns every type that [Type.Known] is true of, in order.
func Types() []Type {
	all := make([]Type, 0, len(layouts))
	for t := range Type(len(layouts)) {
		if t.Known() {
			all = append(all, t)
		}
	}
	return all
}

// Known tells whether t is one of the types above. Only those have a layout.
func (t Type) Known() bool { return int64(t) < int64(len(layouts)) && layouts[t].elements > 0 }

// layout returns the layout of t, an empty one for a type that is not known.
func (t Type) layout() layout {
	if !t.Known() {
		return layout{}
	}
	return layouts[t]
}

// String returns the name of ggml.h, "Q4_K", and "Type(31)" for a number without one.
func (t Type) String() string {
	if !t.Known() {
		return fmt.Sprintf("Type(%d)", uint32(t))
	}
	return layouts[t].name
}

// BlockSize returns how many elements a block holds: 32 or 256 for most types, 1 for plain ones, 0 for a type that is not known.
func (t Type) BlockSize() int { return t.layout().elements }

// BlockBytes returns how many bytes a block takes, 0 for a type that is not known.
func (t Type) BlockBytes() int { return t.layout().bytes }

// DType returns the format of the elements of plain types, and 0 for types with blocks.
func (t Type) DType() dtype.DType { return t.layout().plain }

// Of returns the plain type whose elements have format dt. ok is false when ggml has none, as for the unsigned integers.
func Of(dt dtype.DType) (t Type, ok bool) {
	for _, t := range Types() {
		if dt != 0 && t.DType() == dt {
			return t, true
		}
	}
	return 0, false
}

// Size returns the bytes that so many elements take. The error is an [UnknownError], or a [CountError] when the elements are fewer than 0, end within a
// block, or take more bytes than an int64 counts. A tensor must consist of whole blocks in each of its rows: check its fastest dimension alone, too.
func (t Type) Size(elements int64) (int64, error) {
	l := t.layout()
	switch {
	case l.elements == 0:
		return 0, &UnknownError{Name: t.String()}
	case elements < 0, elements%int64(l.elements) != 0:
		return 0, &CountError{Type: t, Elements: elements}
	}
	high, low := bits.Mul64(uint64(elements)/uint64(l.elements), uint64(l.bytes))
	if high != 0 || low > 1<<63-1 {
		return 0, &CountError{Type: t, Elements: elements}
	}
	return int64(low), nil
}

// CountError says that a number of elements does not make whole blocks of a type.
type CountError struct {
	Type     Type
	Elements int64
}

// Error says what is wrong with the number.
func (e *CountError) Error() string {
	switch n := int64(e.Type.BlockSize()); {
	case e.Elements < 0:
		return fmt.Sprintf("%d elements of %v: a count cannot be negative", e.Elements, e.Type)
	case n > 0 && e.Elements%n != 0:
		return fmt.Sprintf("%d elements are no whole blocks of %v, which hold %d each: choose a type with smaller blocks", e.Elements, e.Type, n)
	}
	return fmt.Sprintf("%d elements of %v take more bytes than can be counted", e.Elements, e.Type)
}

// UnknownError is the error of a name or a number that is no type.
type UnknownError struct{ Name string }

// Error names what is not known and what is.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown ggml type %.100q: use one of %s", e.Name, names(Type.Known))
}

// names lists the types of a kind.
func names(is func(Type) bool) string {
	var list []string
	for _, t := range Types() {
		if is(t) {
			list = append(list, t.String())
		}
	}
	return strings.Join(list, " ")
}

// ParseType returns the type of that name, in upper or lower case: "Q4_K", "q8_0". The error is an [UnknownError], which lists what is accepted.
func ParseType(name string) (Type, error) {
	for _, t := range Types() {
		if strings.EqualFold(name, t.String()) {
			return t, nil
		}
	}
	return 0, &UnknownError{Name: name}
}
