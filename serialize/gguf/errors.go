package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, gguf.BadOffset) tells whether err is of that kind.
type Kind uint8

const (
	NotGGUF        Kind = iota + 1 // the file is something else
	Unsupported                    // a version, or values of a type, that are not read or written
	Truncated                      // the file ends before what it announces
	BadValue                       // a metadata value breaks a rule of its type, or has a type that is none
	BadAlignment                   // general.alignment is no uint32, or no power of two
	BadTensor                      // the shape or the type of a tensor is impossible, or its data does not fit them
	BadOffset                      // tensors do not follow one another, each at the next multiple of the alignment
	DuplicateName                  // a key or a tensor's name comes twice
	InvalidName                    // a key or a name is empty, too long, or no text
	NotFinite                      // a NaN or an infinity that blocks cannot hold
	BadSplit                       // the files of a split do not belong together
	TensorNotFound                 // the file has no tensor of that name
	KeyNotFound                    // the metadata has no such key
	WrongType                      // the value of a key is of another type than the one wanted
)

var kindText = [...]string{
	NotGGUF:        "not a GGUF file",
	Unsupported:    "not supported",
	Truncated:      "truncated",
	BadValue:       "bad metadata value",
	BadAlignment:   "bad alignment",
	BadTensor:      "bad tensor",
	BadOffset:      "bad offset",
	DuplicateName:  "duplicate name",
	InvalidName:    "invalid name",
	NotFinite:      "not finite",
	BadSplit:       "bad split",
	TensorNotFound: "tensor not found",
	KeyNotFound:    "key not found",
	WrongType:      "wrong type",
}

// Error returns the rule's name.
func (k Kind) Error() string {
	if k == 0 || int(k) >= len(kindText) {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return kindText[k]
}

// FormatError says which rule a file breaks, or what is to become one.
type FormatError struct {
	Kind   Kind
	File   string // empty when the data does not come from a file
	Offset int64  // the byte at fault; negative when there is no such byte
	Key    string // the metadata key concerned, or empty
	Tensor string // the tensor concerned, or empty
	Detail string // what was found and what was expected
}

// Error names the file, the place in it and what is wrong, in one line.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("gguf")
	if e.File != "" {
		fmt.Fprintf(&b, " %q", e.File)
	}
	fmt.Fprintf(&b, ": %v", e.Kind)
	if e.Key != "" {
		fmt.Fprintf(&b, ": key %.100q", e.Key)
	}
	if e.Tensor != "" {
		fmt.Fprintf(&b, ": tensor %.100q", e.Tensor)
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&b, ": at byte %d", e.Offset)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	return b.String()
}

// Unwrap returns the Kind.
func (e *FormatError) Unwrap() error { return e.Kind }

// broken makes a FormatError about no byte in particular.
func broken(kind Kind, format string, args ...any) *FormatError {
	return &FormatError{Kind: kind, Offset: -1, Detail: fmt.Sprintf(format, args...)}
}

// brokenTensor makes a FormatError about a tensor.
func brokenTensor(kind Kind, tensor, format string, args ...any) *FormatError {
	e := broken(kind, format, args...)
	e.Tensor = tensor
	return e
}

// brokenKey makes a FormatError about a metadata key.
func brokenKey(kind Kind, key, format string, args ...any) *FormatError {
	e := broken(kind, format, args...)
	e.Key = key
	return e
}

// inFile names the file in a FormatError that does not name one.
func inFile(file string, err error) error {
	var format *FormatError
	if errors.As(err, &format) && format.File == "" {
		format.File = file
	}
	return err
}

// ioError says that the operating system failed while doing something with a file, and names the file once.
func ioError(doing, file string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if file == "" {
		return fmt.Errorf("gguf: %s: %w", doing, err)
	}
	return fmt.Errorf("gguf %q: %s: %w", file, doing, err)
}

// grouped writes n with a comma between groups of three digits, as sizes of files read best.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
