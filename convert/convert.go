package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// Source is what is converted. A [serialize.File] is one, and so is whatever shows the tensors of a file under other names
// or in another order. Its methods do as those of a File.
type Source interface {
	// Format says what the file is that the tensors come from.
	Format() serialize.Format
	// Tensors describes the tensors in their order.
	Tensors() []dtype.Info
	// Metadata returns what goes with them.
	Metadata() serialize.Metadata
	// Stored returns a tensor as it is, to be looked at a part at a time.
	Stored(name string) (dtype.Stored, error)
	// Decoded returns a tensor as numbers, to be looked at a part at a time.
	Decoded(name string) (dtype.Stored, error)
}

// Options says what a file becomes.
type Options struct {
	Format   serialize.Format                            // of the new file
	DType    dtype.DType                                 // of floats; 0 leaves them as they are
	As       func(dtype.Info) ggml.Type                  // in a GGUF file, what floats and blocks become, by their new names: see gguf.Pure; nil leaves it to DType
	Overflow dtype.Overflow                              // what becomes of values too large for DType
	Names    Names                                       // how tensors are called
	Choose   func([]dtype.Info) ([]dtype.Info, error)    // picks tensors by their old names; nil takes all
	Metadata func(serialize.Metadata) serialize.Metadata // changes it; nil leaves it as it is
	Progress func(done, total int64)                     // called while bytes are written and read back; nil: nobody looks
	Close    io.Closer                                   // closed when all has been read, before the new file takes its name; nil: nothing is
}

// Result is what was written.
type Result struct {
	Tensors int
	Bytes   int64          // of the file, or of all
	Recast  int            // tensors whose number format changed
	Became  map[string]int // of these, how many are of each type now, as "Q4_K"
	Left    []string       // keys of metadata that the new format has no place for
	Idle    []string       // rules for names that no tensor had a use for
	Files   []string       // paths, in order; of a model in many files, the index last
}

// File writes what in holds to path, as a whole or not at all. It may be the path of the file that in reads: then Close in
// by the options, for Windows refuses to replace a file that is open. A new file beside the index of many under its name is
// an fs.ErrExist. Other errors are those of in, of the new format, of the disk and of ctx, a [dtype.OverflowError], or a
// [VerifyError].
func File(ctx context.Context, in Source, path string, o Options) (*Result, error) {
	t, err := newTransfer(ctx, in, o)
	if err != nil {
		return nil, err
	}
	if path, err = destination(path); err != nil {
		return nil, err
	}
	if err := noIndex(path); err != nil {
		return nil, err
	}
	place, err := enterWorkplace(path)
	if err != nil {
		return nil, err
	}
	defer place.leave()
	metadata, left := t.metadata()
	made := place.file(path)
	if err := serialize.Create(made, o.Format, t.infos, metadata, t.content); err != nil {
		return nil, cause(err, path)
	}
	if err := t.verify(made); err != nil {
		return nil, err
	}
	info, err := os.Stat(made)
	if err != nil {
		return nil, failed(path, atomicfile.Inspect, err)
	}
	if o.Close != nil {
		if err := o.Close.Close(); err != nil {
			return nil, err
		}
	}
	r := &Result{Tensors: len(t.infos), Bytes: info.Size(), Recast: t.recast, Became: t.became, Left: left, Idle: t.idle, Files: []string{path}}
	return r, place.deliver(path)
}

// destination follows a symbolic link, and refuses what is there but no regular file.
func destination(path string) (string, error) {
	path, err := followed(path)
	if err != nil {
		return "", err
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
		return failed(path, disk.Step, disk.Err)
	}
	return err
}

// splitKeys say of a GGUF file which of many it is.
var splitKeys = []string{"split.count", "split.no", "split.tensors.count"}

// metadataFor returns what a format has a place for, and the keys that stay behind.
func metadataFor(to, from serialize.Format, m serialize.Metadata) (kept serialize.Metadata, left []string) {
	formats := serialize.Formats()
	i := slices.IndexFunc(formats, func(f serialize.FormatInfo) bool { return f.Format == to })
	if i < 0 {
		panic(fmt.Errorf("convert.File: format %.100q is none of serialize.Formats", string(to)))
	}
	count, split := m.Value(splitKeys[0])
	split = split && fmt.Sprint(count) != "0" // which llama-gguf-split leaves where it has merged
	for _, kv := range m {
		switch {
		case split && slices.Contains(splitKeys, kv.Key): // it becomes one file, or is divided anew
		case kv.Key == gguf.KeyAlignment && from != to: // of that file's bytes, and a text elsewhere
		case kv.Key == "format" && from == serialize.Safetensors && to != serialize.Safetensors:
		case formats[i].Metadata:
			kept = append(kept, kv)
		default:
			left = append(left, kv.Key)
		}
	}
	return kept, left
}

// contentError is an error of reading or converting a tensor.
type contentError struct{ err error }

func (e *contentError) Error() string { return e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }
