package serialize

import (
	"io"
	"io/fs"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/npz"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// The types below add to the Files of the formats what they lack of [File].
type (
	safetensorsFile struct{ *safetensors.File }
	ggufFile        struct{ *gguf.File }
	torchFile       struct{ *torchfile.File }
	npzFile         struct {
		*npz.File
		format Format
	}
)

// Format returns [Safetensors].
func (safetensorsFile) Format() Format { return Safetensors }

// Metadata returns texts by key, sorted, and before them what [Create] made texts of, as it was.
func (f safetensorsFile) Metadata() Metadata { return typedMetadata(f.File.Metadata()) }

// Decoded is Stored where there are numbers.
func (f safetensorsFile) Decoded(name string) (dtype.Stored, error) { return numbers(f.Stored(name)) }

// Format returns [GGUF].
func (ggufFile) Format() Format { return GGUF }

// Metadata returns the keys and values in the file's order.
func (f ggufFile) Metadata() Metadata {
	var m Metadata
	for _, kv := range f.File.Metadata() {
		m = append(m, KV{kv.Key, plain(kv.Value)})
	}
	return m
}

// plain returns a value as Go has it, and arrays of arrays as slices of slices.
func plain(v gguf.Value) any {
	inner, ok := v.Any().([]gguf.Value)
	if !ok {
		return v.Any()
	}
	all := make([]any, len(inner))
	for i, v := range inner {
		all[i] = plain(v)
	}
	return all
}

// Format returns [PyTorch].
func (torchFile) Format() Format { return PyTorch }

// Metadata returns what a checkpoint has beside tensors, as text.
func (f torchFile) Metadata() Metadata {
	var m Metadata
	for _, o := range f.Objects() {
		m = append(m, KV{o.Name, o.Text()})
	}
	return m
}

// Decoded is Stored where there are numbers.
func (f torchFile) Decoded(name string) (dtype.Stored, error) { return numbers(f.Stored(name)) }

// Format returns [NPZ] or [NPY].
func (f npzFile) Format() Format { return f.format }

// Metadata returns none, for such files have none.
func (npzFile) Metadata() Metadata { return nil }

// Decoded is Stored where there are numbers.
func (f npzFile) Decoded(name string) (dtype.Stored, error) { return numbers(f.Stored(name)) }

// numbers refuses a tensor whose elements are not known.
func numbers(s dtype.Stored, err error) (dtype.Stored, error) {
	if err == nil && s.DType == 0 {
		return dtype.Stored{}, noNumbers(s.Info)
	}
	return s, err
}

// opener is the ways that a format's files are opened.
type opener struct {
	path func(path string) (File, error)
	fs   func(fsys fs.FS, name string) (File, error)
	read func(r io.ReaderAt, size int64) (File, error)
}

// openerOf makes an opener of a format's own functions, whose Files wrap completes.
func openerOf[F any](wrap func(F) File, path func(string) (F, error), fromFS func(fs.FS, string) (F, error), read func(io.ReaderAt, int64) (F, error)) opener {
	file := func(f F, err error) (File, error) {
		if err != nil {
			return nil, err
		}
		return wrap(f), nil
	}
	return opener{
		path: func(p string) (File, error) { return file(path(p)) },
		fs:   func(fsys fs.FS, name string) (File, error) { return file(fromFS(fsys, name)) },
		read: func(r io.ReaderAt, size int64) (File, error) { return file(read(r, size)) },
	}
}
