package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize"
)

// Options says what a file becomes.
type Options struct {
	Format   serialize.Format                            // of the new file
	DType    dtype.DType                                 // of floats; 0 leaves them as they are
	Overflow dtype.Overflow                              // what becomes of values too large for DType
	Names    Names                                       // how tensors are called
	Choose   func([]dtype.Info) ([]dtype.Info, error)    // picks tensors by their old names; nil takes all
	Metadata func(serialize.Metadata) serialize.Metadata // changes it; nil leaves it as it is
	Progress func(done, total int64)                     // called while bytes are written and read back; nil: nobody looks
}

// Result is what was written.
type Result struct {
	Tensors int
	Bytes   int64    // of the file
	Recast  int      // tensors whose number format changed
	Left    []string // keys of metadata that the new format has no place for
}

// File writes what in holds to path, as a whole or not at all. It may be the path of the file that in reads; not on
// Windows, which refuses to replace a file that is open. Errors are those of in, of the new format, of the disk and of ctx,
// a [dtype.OverflowError], or a [VerifyError].
func File(ctx context.Context, in serialize.File, path string, o Options) (*Result, error) {
	t, err := newTransfer(ctx, in, o)
	if err != nil {
		return nil, err
	}
	if path, err = destination(path); err != nil {
		return nil, err
	}
	metadata := in.Metadata()
	if o.Metadata != nil {
		metadata = o.Metadata(metadata)
	}
	metadata, left := metadataFor(o.Format, in.Format(), metadata)
	hidden := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".unverified")
	defer func() { _ = os.Remove(hidden) }() // after the last step there is none
	if err := serialize.Create(hidden, o.Format, t.infos, metadata, t.content); err != nil {
		return nil, cause(err, path)
	}
	if err := t.verify(hidden); err != nil {
		return nil, err
	}
	info, err := os.Stat(hidden)
	if err != nil {
		return nil, err
	}
	if old, err := os.Stat(path); err == nil { // a file that is replaced keeps who may read it
		if err := os.Chmod(hidden, old.Mode().Perm()); err != nil {
			return nil, err
		}
	}
	if err := os.Rename(hidden, path); err != nil {
		return nil, err
	}
	return &Result{Tensors: len(t.infos), Bytes: info.Size(), Recast: t.recast, Left: left}, nil
}

// destination follows a symbolic link, and refuses what is there but no regular file.
func destination(path string) (string, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("write %q: it is there and is no regular file: name a file", path)
	}
	return path, nil
}

// cause tells of the file that was wanted, and of a tensor that could not be read or converted nothing but that.
func cause(err error, path string) error {
	if own := new(contentError); errors.As(err, &own) {
		return own.err
	}
	if disk := new(atomicfile.Error); errors.As(err, &disk) {
		return &atomicfile.Error{Path: path, Step: disk.Step, Err: disk.Err}
	}
	return err
}

// metadataFor returns what a format has a place for, and the keys that stay behind.
func metadataFor(to, from serialize.Format, m serialize.Metadata) (kept serialize.Metadata, left []string) {
	formats := serialize.Formats()
	i := slices.IndexFunc(formats, func(f serialize.FormatInfo) bool { return f.Format == to })
	if i < 0 {
		panic(fmt.Errorf("convert.File: format %.100q is none of serialize.Formats", string(to)))
	}
	for _, kv := range m {
		switch {
		case kv.Key == "format" && from == serialize.Safetensors && to != serialize.Safetensors:
		case formats[i].Metadata:
			kept = append(kept, kv)
		default:
			left = append(left, kv.Key)
		}
	}
	return kept, left
}

// target returns what a tensor becomes: a number format, or 0 with the Type that stays.
func target(in serialize.File, info dtype.Info, o Options) (dtype.Info, error) {
	switch {
	case info.DType.Arithmetic() && o.DType != 0:
		info.DType = o.DType
	case info.DType != 0, in.Format() == o.Format && o.DType == 0: // as it is
	default:
		decoded, err := in.Decoded(info.Name)
		if err != nil {
			return info, err
		}
		info.DType = decoded.DType
		if o.DType != 0 {
			info.DType = o.DType
		}
	}
	if info.DType == 0 {
		return info, nil
	}
	size, err := dtype.ByteSize(info.DType, info.Shape)
	info.Type, info.Bytes = info.DType.String(), size
	return info, err
}

// contentError is an error of reading or converting a tensor.
type contentError struct{ err error }

func (e *contentError) Error() string { return e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }
