package gguf

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// File is an open GGUF file, or the files of a split as one. Headers have been read and checked; data is looked at when asked for. It may be used by
// several goroutines.
type File struct {
	name     string // empty: not from a path
	parts    []part
	entries  []entry
	index    map[string]int
	metadata Metadata
}

// part is one file.
type part struct {
	*header
	source *mapped.Source
}

// entry is a tensor, and where it is.
type entry struct {
	dtype.Info
	kind      ggml.Type
	source    *mapped.Source
	offset    int64 // of the data, in the file
	described int64 // where the header says so
	swap      bool  // the data is big-endian
}

// Open opens the file at path and checks its header. A file that breaks the format is a [FormatError]; anything but a regular file is refused. One of
// several files, model-00001-of-00003.gguf, is opened with the others, which must lie beside it. The system maps files into memory where it can, and
// reads of them only what is looked at. Close it.
func Open(path string) (*File, error) { return open(path, mapped.Open) }

// OpenFS opens a file of fsys, which may be embedded in the program. Errors are those of [Open].
func OpenFS(fsys fs.FS, name string) (*File, error) {
	return open(name, reading.From(fsys))
}

// NewReader reads a file of that size in bytes from anything with random access, such as a bytes.Reader over embedded data. Of a split it has the one
// file's tensors. Errors are those of [Open]. Closing the File does not close r.
func NewReader(r io.ReaderAt, size int64) (*File, error) {
	p, err := newPart(mapped.New(r, size))
	if err != nil {
		return nil, err
	}
	return joined("", []part{p}), nil
}

// open opens a file and those that go with it.
func open(path string, openOne func(path string) (*mapped.Source, error)) (*File, error) {
	named, err := openPart(path, openOne)
	if err != nil {
		return nil, err
	}
	parts, err := named.others(path, openOne)
	if err != nil {
		_ = closeAll(parts) // nothing was written, and the reason for closing is being reported
		return nil, err
	}
	return joined(path, parts), nil
}

func openPart(path string, openOne func(path string) (*mapped.Source, error)) (part, error) {
	return reading.Open[Kind](path, openOne, newPart)
}

// newPart checks a file.
func newPart(source *mapped.Source) (part, error) {
	h, err := readHeader(source)
	if err != nil {
		return part{}, inFile(source.Name(), err)
	}
	return part{h, source}, nil
}

// joined makes one File of parts whose names have been found to be different.
func joined(name string, parts []part) *File {
	f := &File{name: name, parts: parts, metadata: parts[0].metadata, entries: parts[0].entries, index: parts[0].index}
	if len(parts) == 1 {
		return f
	}
	f.metadata = f.metadata.Without(keySplitNo, keySplitCount, keySplitTensors)
	f.entries, f.index = nil, map[string]int{}
	for _, p := range parts {
		for _, e := range p.entries {
			f.index[e.Name] = len(f.entries)
			f.entries = append(f.entries, e)
		}
	}
	return f
}

// Tensors describes the tensors in the order of their data. DType is set for plain types and 0 for those with blocks; Type is ggml's name in both
// cases. Shape: the slowest dimension first, which is the reverse of the file's. The result is the caller's.
func (f *File) Tensors() []dtype.Info {
	infos := make([]dtype.Info, len(f.entries))
	for i := range f.entries {
		infos[i] = f.entries[i].info()
	}
	return infos
}

// info is the caller's.
func (e *entry) info() dtype.Info {
	info := e.Info
	info.Shape = slices.Clone(e.Shape)
	return info
}

// Metadata returns the keys and values in the file's order; of a split, those of the first file without those that number the files. The result is the
// caller's.
func (f *File) Metadata() Metadata { return slices.Clone(f.metadata) }

// Version returns the version of the format, 2 or 3; of a split, that of the first file.
func (f *File) Version() int { return int(f.parts[0].version) }

// BigEndian tells whether the file's numbers have their highest byte first; of a split, whether those of the first file do.
func (f *File) BigEndian() bool { return f.parts[0].order == binary.BigEndian }

// Parts returns how many files there are: 1, or more for a split.
func (f *File) Parts() int { return len(f.parts) }

// find looks a name up. One that the file does not have is a [FormatError] of kind [TensorNotFound].
func (f *File) find(name string) (*entry, error) {
	i, ok := f.index[name]
	if !ok {
		return nil, inFile(f.name, brokenTensor(TensorNotFound, name, "use a name that Tensors lists"))
	}
	return &f.entries[i], nil
}

// View calls see with the bytes of a tensor as the type has them, little-endian: in place where the system maps files, a copy of a big-endian file's. see
// must neither keep nor change them, nor hand them to other goroutines, nor close the File. The error is a [FormatError] of kind [TensorNotFound], or
// [Unsupported] for a big-endian tensor of a type whose form is not known; a file that another process cuts short meanwhile is an io.ErrUnexpectedEOF;
// other errors are those of the disk and of see.
func (f *File) View(name string, see func(data []byte) error) error {
	e, err := f.find(name)
	if err != nil {
		return err
	}
	return e.view(0, e.Bytes, see)
}

// Stored returns a tensor whose bytes are looked at a part at a time. It serves until the File is closed. Errors are those of [File.View].
func (f *File) Stored(name string) (dtype.Stored, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	return dtype.Stored{Info: e.info(), View: e.view}, nil
}

// Decoded returns a tensor as numbers, to be looked at a part at a time: one of a plain type as it is, one with blocks as F32, made while it is looked at.
// It serves until the File is closed. A type that is not decoded is a [FormatError] of kind [Unsupported]; other errors are those of [File.View].
func (f *File) Decoded(name string) (dtype.Stored, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	return e.decoded()
}

// Read reads one tensor as numbers: one of a plain type as it is, one with blocks as F32. Errors are those of [File.Decoded].
func (f *File) Read(name string) (dtype.Tensor, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	return e.read()
}

// All reads the tensors one by one in the order of their data. It ends at the first error.
func (f *File) All() iter.Seq2[dtype.Tensor, error] {
	return reading.All(f.entries, (*entry).read)
}

// Close closes what [Open] opened, and waits for those who look at it.
func (f *File) Close() error { return closeAll(f.parts) }

func closeAll(parts []part) error {
	var errs []error
	for _, p := range parts {
		if err := p.source.Close(); err != nil {
			errs = append(errs, fmt.Errorf("gguf: %w", err))
		}
	}
	return cmp.Or(errs...)
}

// Load reads all tensors of the file at path as [File.Read] does, and its metadata. Errors are those of [Open] and [File.Read].
func Load(path string) (tensors []dtype.Tensor, metadata Metadata, err error) {
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	tensors, err = reading.Collect(len(f.entries), f.All())
	if err != nil {
		return nil, nil, err
	}
	return tensors, f.metadata, nil
}
