package gguf

import "github.com/heft-ml/heft/serialize/fault"

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, gguf.BadOffset) tells whether err is of that kind.
type Kind string

// The rules.
const (
	NotGGUF        Kind = "not a GGUF file"    // the file is something else
	Unsupported    Kind = "not supported"      // a version, or values of a type, that are not read or written
	Truncated      Kind = "truncated"          // the file ends before what it announces
	BadValue       Kind = "bad metadata value" // a metadata value breaks a rule of its type, or has a type that is none
	BadAlignment   Kind = "bad alignment"      // general.alignment is no uint32, or no power of two
	BadTensor      Kind = "bad tensor"         // the shape or the type of a tensor is impossible, or its data does not fit them
	BadOffset      Kind = "bad offset"         // tensors do not follow one another, each at the next multiple of the alignment
	DuplicateName  Kind = "duplicate name"     // a key or a tensor's name comes twice
	InvalidName    Kind = "invalid name"       // a key or a name is empty, too long, or no text
	NotFinite      Kind = "not finite"         // a NaN or an infinity that blocks cannot hold
	BadSplit       Kind = "bad split"          // the files of a split do not belong together
	TensorNotFound Kind = "tensor not found"   // the file has no tensor of that name
	KeyNotFound    Kind = "key not found"      // the metadata has no such key
	WrongType      Kind = "wrong type"         // the value of a key is of another type than the one wanted
)

// Error returns the rule's name.
func (k Kind) Error() string { return string(k) }

// Format returns the format's name.
func (Kind) Format() string { return "gguf" }

// FormatError says which rule a file breaks, or what is to become one. Entry is not used.
type FormatError = fault.Error[Kind]

// broken makes a FormatError about no byte in particular.
func broken(kind Kind, format string, args ...any) *FormatError {
	return fault.New(kind, format, args...)
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

// inFile names the file.
func inFile(file string, err error) error { return fault.InFile[Kind]("read header", file, err) }

// at says which byte a FormatError is about.
func at(pos int64, err error) error {
	return fault.Amend(err, func(e *FormatError) { e.Offset = pos })
}

// about says which key or tensor a FormatError is about.
func about(key, tensor string, err error) error {
	return fault.Amend(err, func(e *FormatError) { e.Key, e.Tensor = key, tensor })
}
