package torchfile

import "github.com/heft-ml/heft/serialize/fault"

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, torchfile.ForbiddenGlobal) tells whether err is of that kind.
type Kind string

// The rules.
const (
	NotTorch        Kind = "not a PyTorch file"    // the file is something else
	Unsupported     Kind = "not supported"         // the file, or a tensor, is PyTorch's but of a form that is not read or written
	BadArchive      Kind = "bad archive"           // the zip archive breaks its format, or means different things to different readers
	BadChecksum     Kind = "bad checksum"          // data is not what its checksum was computed over
	Truncated       Kind = "truncated"             // a pickle or the data ends too early
	BadPickle       Kind = "bad pickle"            // a pickle breaks the rules of pickles, or puts together what does not fit
	ForbiddenOpcode Kind = "forbidden instruction" // a pickle uses an instruction that state dicts do not need
	ForbiddenGlobal Kind = "forbidden global"      // a pickle asks for a Python name that is no plain data
	BadTensor       Kind = "bad tensor"            // the description of a tensor or storage contradicts itself or the data there is
	TooLarge        Kind = "too large"             // a pickle, or a tensor made of a smaller storage, is larger than it deserves to be
	DuplicateName   Kind = "duplicate name"        // a name comes twice
	InvalidName     Kind = "invalid name"          // a name that cannot be written
	TensorNotFound  Kind = "tensor not found"      // the file has no tensor of that name
)

// Error returns the rule's name.
func (k Kind) Error() string { return string(k) }

// Format returns the name by which errors call the format.
func (Kind) Format() string { return "torchfile" }

// FormatError says which rule a file breaks, or a set of tensors that is to become one. Key is not used. Entry is the zip's entry, or the pickle of a
// legacy file; Offset is a byte in it.
type FormatError = fault.Error[Kind]

// broken makes a FormatError that is about no byte and no tensor.
func broken(kind Kind, format string, args ...any) *FormatError {
	return fault.New(kind, format, args...)
}

// brokenTensor makes a FormatError about a tensor.
func brokenTensor(kind Kind, tensor, format string, args ...any) *FormatError {
	e := broken(kind, format, args...)
	e.Tensor = tensor
	return e
}

// inEntry says in which entry a FormatError is, unless it says so already.
func inEntry(entry string, err error) error {
	return fault.Amend(err, func(e *FormatError) {
		if e.Entry == "" {
			e.Entry = entry
		}
	})
}

// aboutTensor says which tensor a FormatError is about.
func aboutTensor(name string, err error) error {
	return fault.Amend(err, func(e *FormatError) { e.Tensor = name })
}

// inFile names the file.
func inFile(doing, file string, err error) error { return fault.InFile[Kind](doing, file, err) }
