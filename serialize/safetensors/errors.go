package safetensors

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, safetensors.InvalidOffset) tells whether err is of that kind. The names are
// those of the reference implementation's SafeTensorError, where it has one.
type Kind uint8

const (
	HeaderTooSmall               Kind = iota + 1 // the file has no room for the header's length
	HeaderTooLarge                               // the header is longer than 100,000,000 bytes
	InvalidHeaderLength                          // the header reaches beyond the end of the file
	InvalidHeader                                // the header is not UTF-8
	InvalidHeaderDeserialization                 // the header is not JSON, or not of the form that the format wants
	DuplicateName                                // a name, a field or a metadata key comes twice
	UnknownDType                                 // values are wanted of a dtype that is none of the specification's
	InvalidOffset                                // tensors do not follow one another without gap and overlap
	ValidationOverflow                           // a shape is too large to count its bytes
	MisalignedSlice                              // a tensor ends within a byte
	TensorInvalidInfo                            // a tensor's bytes are not what its shape and dtype need
	MetadataIncompleteBuffer                     // the file is shorter or longer than its tensors
	TensorNotFound                               // the file has no tensor of that name
	TooManySlices                                // a slice has more ranges than the tensor has dimensions
	SliceOutOfRange                              // a slice reaches beyond a dimension
	InvalidName                                  // a name or metadata that cannot be written
	InvalidIndex                                 // the index of a set of files is not JSON, or not of the form that it should have
	InvalidShard                                 // a file does not hold what the index says
)

var kindText = [...]string{
	HeaderTooSmall:               "header too small",
	HeaderTooLarge:               "header too large",
	InvalidHeaderLength:          "invalid header length",
	InvalidHeader:                "invalid UTF-8 in header",
	InvalidHeaderDeserialization: "invalid JSON in header",
	DuplicateName:                "duplicate name",
	UnknownDType:                 "unknown dtype",
	InvalidOffset:                "invalid offset",
	ValidationOverflow:           "size overflow",
	MisalignedSlice:              "partial byte",
	TensorInvalidInfo:            "invalid shape, dtype or offsets",
	MetadataIncompleteBuffer:     "incomplete file",
	TensorNotFound:               "tensor not found",
	TooManySlices:                "too many slices",
	SliceOutOfRange:              "slice out of range",
	InvalidName:                  "invalid name",
	InvalidIndex:                 "invalid index",
	InvalidShard:                 "invalid shard",
}

// Error returns the name that the reference implementation gives this mistake.
func (k Kind) Error() string {
	if k == 0 || int(k) >= len(kindText) {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return kindText[k]
}

// FormatError says which rule a file breaks, or a set of tensors that is to become one.
type FormatError struct {
	Kind   Kind
	File   string // empty when the data does not come from a file
	Tensor string // the tensor concerned; empty when it is the file as a whole
	Detail string // what was found and what was expected
}

// Error names the file, the tensor and what is wrong.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("safetensors")
	if e.File != "" {
		fmt.Fprintf(&b, " %q", e.File)
	}
	fmt.Fprintf(&b, ": %v", e.Kind)
	if e.Tensor != "" {
		fmt.Fprintf(&b, ": tensor %.100q", e.Tensor)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	return b.String()
}

// Unwrap returns the Kind.
func (e *FormatError) Unwrap() error { return e.Kind }

// broken makes a FormatError. tensor may be empty.
func broken(kind Kind, tensor, format string, args ...any) error {
	return &FormatError{Kind: kind, Tensor: tensor, Detail: fmt.Sprintf(format, args...)}
}

// ioError says that the operating system failed while doing something with a file, and names the file once.
func ioError(doing, file string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if file == "" {
		return fmt.Errorf("safetensors: %s: %w", doing, err)
	}
	return fmt.Errorf("safetensors %q: %s: %w", file, doing, err)
}

// brief writes a shape, which may have any number of dimensions.
func brief(shape []int) string {
	const most = 8
	if len(shape) <= most {
		return fmt.Sprint(shape)
	}
	return fmt.Sprintf("%v and %d dimensions more", shape[:most], len(shape)-most)
}

// grouped writes n with a comma between groups of three digits, as sizes of files read best.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
