// Package fault is what the formats of weight files say of files that break their rules: one kind of error for all, so that every message names the
// file, the place in it, what was found and what was expected, in one line.
//
// Each format has rules of its own, [Kind]s that errors.Is tells apart, and calls [Error] with them its FormatError:
//
//	var broken *gguf.FormatError
//	errors.As(err, &broken)            // any rule of GGUF
//	errors.Is(err, gguf.BadOffset)     // that one
package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Kind is a rule of a format, by its name. The type is the format's own.
type Kind interface {
	~string
	error           // the rule's name
	Format() string // the name by which messages call the format
}

// Error says which rule of a format a file breaks, or what is to become one.
type Error[K Kind] struct {
	Kind   K
	File   string // empty when the data does not come from a file
	Key    string // the key of the metadata concerned, or empty
	Tensor string // the tensor concerned; empty when it is the file as a whole
	Entry  string // the entry of the archive, or the pickle of several; empty when it is the file as a whole
	Offset int64  // the byte at fault, in the entry if there is one; negative when there is no such byte
	Detail string // what was found and what was expected
}

// Error names the format, the file, the place in it and what is wrong, in one line.
func (e *Error[K]) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Format())
	if e.File != "" {
		fmt.Fprintf(&b, " %q", e.File)
	}
	b.WriteString(": " + e.Kind.Error())
	if e.Key != "" {
		fmt.Fprintf(&b, ": key %.100q", e.Key)
	}
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
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

// Unwrap returns the Kind.
func (e *Error[K]) Unwrap() error { return e.Kind }

// New makes an Error about the file as a whole.
func New[K Kind](kind K, format string, args ...any) *Error[K] {
	return &Error[K]{Kind: kind, Offset: -1, Detail: fmt.Sprintf(format, args...)}
}

// Amend has amend complete the Error that err is or wraps, if there is one, and returns err.
func Amend[K Kind](err error, amend func(e *Error[K])) error {
	var e *Error[K]
	if errors.As(err, &e) {
		amend(e)
	}
	return err
}

// InFile names the file: an Error in its field, unless it names one, and before any other error, as [IO] does. A nil err stays nil.
func InFile[K Kind](doing, file string, err error) error {
	var e *Error[K]
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return IO[K](doing, file, err)
	case e.File == "":
		e.File = file
	}
	return err
}

// IO says that the system failed while doing something with a file, which it names once; file is empty when the data does not come from one.
func IO[K Kind](doing, file string, err error) error {
	var format K
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if file == "" {
		return fmt.Errorf("%s: %s: %w", format.Format(), doing, err)
	}
	return fmt.Errorf("%s %q: %s: %w", format.Format(), file, doing, err)
}
