package npz

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, npz.ObjectArray) tells whether err is of that kind.
type Kind uint8

const (
	NotNumPy       Kind = iota + 1 // the file is something else
	Unsupported                    // NumPy's, but of a type or in a form that is not read or written
	BadArchive                     // the zip breaks its format, or holds what is no array
	BadChecksum                    // data is not what its checksum was computed over
	BadHeader                      // the header of an array is not what NumPy writes
	BadSize                        // an array is not as long as its shape and type need
	DuplicateName                  // a name comes twice
	InvalidName                    // a name that cannot be written
	ObjectArray                    // an array of Python objects, which is a pickle
	TensorNotFound                 // the file has no array of that name
)

var kindText = [...]string{
	NotNumPy:       "not a NumPy file",
	Unsupported:    "not supported",
	BadArchive:     "bad archive",
	BadChecksum:    "wrong checksum",
	BadHeader:      "bad header",
	BadSize:        "wrong size",
	DuplicateName:  "duplicate name",
	InvalidName:    "invalid name",
	ObjectArray:    "array of objects",
	TensorNotFound: "tensor not found",
}

// Error returns the rule's name.
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
	Tensor string // the array concerned; empty when it is the file as a whole
	Detail string // what was found and what was expected
}

// Error names the file, the array and what is wrong, in one line.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("numpy")
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
func broken(kind Kind, tensor, format string, args ...any) *FormatError {
	return &FormatError{Kind: kind, Tensor: tensor, Detail: fmt.Sprintf(format, args...)}
}

// about names the file and the array in a FormatError that does not name them.
func about(file, tensor string, err error) error {
	var format *FormatError
	if errors.As(err, &format) {
		if format.File == "" {
			format.File = file
		}
		if format.Tensor == "" {
			format.Tensor = tensor
		}
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
		return fmt.Errorf("numpy: %s: %w", doing, err)
	}
	return fmt.Errorf("numpy %q: %s: %w", file, doing, err)
}
