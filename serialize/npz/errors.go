package npz

import "github.com/heft-ml/heft/serialize/fault"

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, npz.ObjectArray) tells whether err is of that kind.
type Kind string

// The rules.
const (
	NotNumPy       Kind = "not a NumPy file" // the file is something else
	Unsupported    Kind = "not supported"    // NumPy's, but of a type or in a form that is not read or written
	BadArchive     Kind = "bad archive"      // the zip breaks its format, or holds what is no array
	BadChecksum    Kind = "wrong checksum"   // data is not what its checksum was computed over
	BadHeader      Kind = "bad header"       // the header of an array is not what NumPy writes
	BadSize        Kind = "wrong size"       // an array is not as long as its shape and type need
	DuplicateName  Kind = "duplicate name"   // a name comes twice
	InvalidName    Kind = "invalid name"     // a name that cannot be written
	ObjectArray    Kind = "array of objects" // an array of Python objects, which is a pickle
	TensorNotFound Kind = "tensor not found" // the file has no array of that name
)

// Error returns the rule's name.
func (k Kind) Error() string { return string(k) }

// Format returns the name by which errors call both formats.
func (Kind) Format() string { return "numpy" }

// FormatError says which rule a file breaks, or a set of tensors that is to become one. Key, Entry and Offset are not used: the array is the Tensor, and a
// byte of its header is named in Detail.
type FormatError = fault.Error[Kind]

// broken makes a FormatError. tensor may be empty.
func broken(kind Kind, tensor, format string, args ...any) *FormatError {
	e := fault.New(kind, format, args...)
	e.Tensor = tensor
	return e
}

// about names the array in a FormatError that does not name it.
func about(tensor string, err error) error {
	return fault.Amend(err, func(e *FormatError) {
		if e.Tensor == "" {
			e.Tensor = tensor
		}
	})
}
