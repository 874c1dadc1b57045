package dtype

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

// DType is a number format, as the safetensors specification lists them (https://github.com/huggingface/safetensors). The order is the
// specification's: a file stores its tensors by descending DType, which aligns each of them. The zero DType is no format.
type DType uint8

// The formats. F4, F6 and F8 are the OCP microscaling and 8-bit floats (limits: [DType.Limits]); C64 is a pair of F32.
const (
	Bool DType = iota + 1
	F4
	F6E2M3
	F6E3M2
	U8
	I8
	F8E5M2
	F8E4M3
	F8E8M0
	F8E4M3FNUZ
	F8E5M2FNUZ
	I16
	U16
	F16
	BF16
	I32
	U32
	F32
	C64
	F64
	I64
	U64
)

// formats gives each DType its spelling in files and its width in bits.
var formats = [...]struct {
	name string
	bits int
}{
	Bool:       {"BOOL", 8},
	F4:         {"F4", 4},
	F6E2M3:     {"F6_E2M3", 6},
	F6E3M2:     {"F6_E3M2", 6},
	U8:         {"U8", 8},
	I8:         {"I8", 8},
	F8E5M2:     {"F8_E5M2", 8},
	F8E4M3:     {"F8_E4M3", 8},
	F8E8M0:     {"F8_E8M0", 8},
	F8E4M3FNUZ: {"F8_E4M3FNUZ", 8},
	F8E5M2FNUZ: {"F8_E5M2FNUZ", 8},
	I16:        {"I16", 16},
	U16:        {"U16", 16},
	F16:        {"F16", 16},
	BF16:       {"BF16", 16},
	I32:        {"I32", 32},
	U32:        {"U32", 32},
	F32:        {"F32", 32},
	C64:        {"C64", 64},
	F64:        {"F64", 64},
	I64:        {"I64", 64},
	U64:        {"U64", 64},
}

// All returns every format, in order.
func All() []DType {
	all := make([]DType, 0, len(formats)-1)
	for d := Bool; d <= U64; d++ {
		all = append(all, d)
	}
	return all
}

// Valid tells whether d is one of the formats.
func (d DType) Valid() bool { return d >= Bool && d <= U64 }

// String returns the spelling that safetensors files use: "F32", "BF16", "F8_E4M3".
func (d DType) String() string {
	if !d.Valid() {
		return fmt.Sprintf("DType(%d)", uint8(d))
	}
	return formats[d].name
}

// Bits returns the width of one element in bits, and 0 for an invalid d. F4 and F6 do not fill bytes.
func (d DType) Bits() int {
	if !d.Valid() {
		return 0
	}
	return formats[d].bits
}

// Castable tells whether values of d can be converted to and from other formats: F64, F32, F16, BF16, F8_E4M3, F8_E5M2, the integers and BOOL.
// Tensors of the rest travel as they are.
func (d DType) Castable() bool {
	return d.Arithmetic() || d == F8E4M3 || d == F8E5M2 || d.whole()
}

// Arithmetic tells whether d is a float that programs compute in: F64, F32, F16 and BF16. In a model's file such numbers mean themselves; integers
// and narrower floats may be codes that scales or tables go with.
func (d DType) Arithmetic() bool { return d == F16 || d == BF16 || d == F32 || d == F64 }

// whole tells whether d holds whole numbers: the integers and BOOL.
func (d DType) whole() bool {
	_, ok := ranges[d]
	return ok
}

// UnknownError is the error of a name that is no format.
type UnknownError struct{ Name string }

// Error names what is not known and what is.
func (e *UnknownError) Error() string {
	names := make([]string, 0, len(formats)-1)
	for _, d := range All() {
		names = append(names, d.String())
	}
	return fmt.Sprintf("unknown dtype %.100q%s: use one of %s", e.Name, suggest.For(e.Name, names), strings.Join(names, " "))
}

// Parse returns the format of that name, in upper or lower case: "F32", "bf16", or PyTorch's "float32", "half", "bfloat16" and the like. The error is
// an [UnknownError], which lists the formats.
func Parse(name string) (DType, error) {
	for _, d := range All() {
		if strings.EqualFold(name, d.String()) {
			return d, nil
		}
	}
	if d, known := aliases[strings.ToLower(name)]; known {
		return d, nil
	}
	return 0, &UnknownError{Name: name}
}

// MarshalText writes the name, so that a DType reads well in JSON and in flags.
func (d DType) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, &UnknownError{Name: d.String()}
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads a name as [Parse] does.
func (d *DType) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
