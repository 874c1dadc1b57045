package safetensors

import (
	"fmt"

	"github.com/heft-ml/heft/serialize/fault"
)

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, safetensors.InvalidOffset) tells whether err is of that kind. The names are
// those of the reference implementation's SafeTensorError, where it has one.
type Kind string

// The rules.
const (
	HeaderTooSmall               Kind = "header too small"                // the file has no room for the header's length
	HeaderTooLarge               Kind = "header too large"                // the header is longer than 100,000,000 bytes
	InvalidHeaderLength          Kind = "invalid header length"           // the header reaches beyond the end of the file
	InvalidHeader                Kind = "invalid UTF-8 in header"         // the header is not UTF-8
	InvalidHeaderDeserialization Kind = "invalid JSON in header"          // the header is not JSON, or not of the form that the format wants
	DuplicateName                Kind = "duplicate name"                  // a name, a field or a metadata key comes twice
	UnknownDType                 Kind = "unknown dtype"                   // values are wanted of a dtype that is none of the specification's
	InvalidOffset                Kind = "invalid offset"                  // tensors do not follow one another without gap and overlap
	ValidationOverflow           Kind = "size overflow"                   // a shape is too large to count its bytes
	MisalignedSlice              Kind = "partial byte"                    // a tensor ends within a byte
	TensorInvalidInfo            Kind = "invalid shape, dtype or offsets" // a tensor's bytes are not what its shape and dtype need
	MetadataIncompleteBuffer     Kind = "incomplete file"                 // the file is shorter or longer than its tensors
	TensorNotFound               Kind = "tensor not found"                // the file has no tensor of that name
	TooManySlices                Kind = "too many slices"                 // a slice has more ranges than the tensor has dimensions
	SliceOutOfRange              Kind = "slice out of range"              // a slice reaches beyond a dimension
	InvalidName                  Kind = "invalid name"                    // a name or metadata that cannot be written
)

// Error returns the rule's name.
func (k Kind) Error() string { return string(k) }

// Format returns the format's name.
func (Kind) Format() string { return "safetensors" }

// FormatError says which rule a file breaks, or a set of tensors that is to become one. Key, Entry and Offset are not used: a byte of the header is named
// in Detail.
type FormatError = fault.Error[Kind]

// broken makes a FormatError. tensor may be empty.
func broken(kind Kind, tensor, format string, args ...any) *FormatError {
	e := fault.New(kind, format, args...)
	e.Tensor = tensor
	return e
}

// brief writes a shape, which may have any number of dimensions.
func brief(shape []int) string {
	const most = 8
	if len(shape) <= most {
		return fmt.Sprint(shape)
	}
	return fmt.Sprintf("%v and %d dimensions more", shape[:most], len(shape)-most)
}
