package torchfile

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Kind is the rule that a file breaks. A Kind is an error: errors.Is(err, torchfile.ForbiddenGlobal) tells whether err is of that kind.
type Kind uint8

const (
	NotTorch        Kind = iota + 1 // the file is something else
	Unsupported                     // the file, or a tensor, is PyTorch's but of a form that is not read or written
	BadArchive                      // the zip archive breaks its format, or means different things to different readers
	BadChecksum                     // data is not what its checksum was computed over
	Truncated                       // a pickle or the data ends too early
	BadPickle                       // a pickle breaks the rules of pickles, or puts together what does not fit
	ForbiddenOpcode                 // a pickle uses an instruction that state dicts do not need
	ForbiddenGlobal                 // a pickle asks for a Python name that is no plain data
	BadTensor                       // the description of a tensor or storage contradicts itself or the data there is
	TooLarge                        // a pickle, or a tensor made of a smaller storage, is larger than it deserves to be
	DuplicateName                   // a name comes twice
	InvalidName                     // a name that cannot be written
	TensorNotFound                  // the file has no tensor of that name
)

var kindText = [...]string{
	NotTorch:        "not a PyTorch file",
	Unsupported:     "not supported",
	BadArchive:      "bad archive",
	BadChecksum:     "bad checksum",
	Truncated:       "truncated",
	BadPickle:       "bad pickle",
	ForbiddenOpcode: "forbidden instruction",
	ForbiddenGlobal: "forbidden global",
	BadTensor:       "bad tensor",
	TooLarge:        "too large",
	DuplicateName:   "duplicate name",
	InvalidName:     "invalid name",
	TensorNotFound:  "tensor not found",
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
	Entry  string // the archive's entry, or the stacked pickle; empty when it is the file as a whole
	Offset int64  // the byte in Entry that is at fault; negative when there is no such byte
	Tensor string // the tensor concerned, or empty
	Detail string // what was found and what was expected
}

// Error names the file, the place in it and what is wrong, in one line.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("torchfile")
	if e.File != "" {
		fmt.Fprintf(&b, " %q", e.File)
	}
	fmt.Fprintf(&b, ": %v", e.Kind)
	if e.Tensor != "" {
		fmt.Fprintf(&b, ": tensor %.100q", e.Tensor)
	}
	if e.Entry != "" {
		fmt.Fprintf(&b, ": %.100q", e.Entry)
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

// broken makes a FormatError that is about no byte and no tensor.
func broken(kind Kind, format string, args ...any) *FormatError {
	return &FormatError{Kind: kind, Offset: -1, Detail: fmt.Sprintf(format, args...)}
}

// brokenTensor makes a FormatError about a tensor.
func brokenTensor(kind Kind, tensor, format string, args ...any) *FormatError {
	return &FormatError{Kind: kind, Offset: -1, Tensor: tensor, Detail: fmt.Sprintf(format, args...)}
}

// inEntry says in which entry a FormatError is, unless it says so already.
func inEntry(entry string, err error) error {
	var format *FormatError
	if errors.As(err, &format) && format.Entry == "" {
		format.Entry = entry
	}
	return err
}

// inFile names the file: in a FormatError in its field, before any other error once.
func inFile(doing, file string, err error) error {
	if err == nil {
		return nil
	}
	var format *FormatError
	if errors.As(err, &format) {
		format.File = file
		return err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if file == "" {
		return fmt.Errorf("torchfile: %s: %w", doing, err)
	}
	return fmt.Errorf("torchfile %q: %s: %w", file, doing, err)
}

// grouped writes n with a comma between groups of three digits, as sizes of files read best.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
