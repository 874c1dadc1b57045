package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
)

// File is an open safetensors file, or a set of them that an index joins. Its header has been read and checked; data is looked at when asked for. It
// may be used by several goroutines.
type File struct {
	name     string // empty: not from a path
	sources  []*mapped.Source
	entries  []entry
	index    map[string]int
	metadata map[string]string
	keys     []string // of the metadata, in the file's order
}

// Open opens the file at path and checks its header. A file that breaks the format is a [FormatError]; anything but a regular file is refused. The
// system maps the file into memory where it can, and reads of it only what is looked at. Close it.
func Open(path string) (*File, error) {
	source, err := mapped.Open(path)
	if err != nil {
		return nil, ioError("open", path, err)
	}
	return newFile(source)
}

// OpenFS opens a file of fsys, which may be embedded in the program. Errors are those of [Open].
func OpenFS(fsys fs.FS, name string) (*File, error) {
	source, err := mapped.OpenFS(fsys, name)
	if err != nil {
		return nil, ioError("open", name, err)
	}
	return newFile(source)
}

// NewReader reads a file of that size in bytes from anything with random access, such as a bytes.Reader over embedded data. Errors are those of [Open].
// Closing the File does not close r.
func NewReader(r io.ReaderAt, size int64) (*File, error) { return newFile(mapped.New(r, size)) }

// newFile checks the file, and closes it when it is not accepted.
func newFile(source *mapped.Source) (*File, error) {
	f := &File{name: source.Name(), sources: []*mapped.Source{source}}
	h, err := readHeader(source)
	if err == nil {
		f.index, err = h.locate(source)
	}
	if err != nil {
		_ = source.Close() // nothing was written, and the reason for closing is being reported
		var format *FormatError
		if errors.As(err, &format) {
			format.File = f.name
		}
		return nil, err
	}
	f.entries, f.metadata, f.keys = h.entries, h.metadata, h.keys
	return f, nil
}

// readHeader reads the header's text and what it says: steps 1 to 5 of the reference implementation.
func readHeader(source *mapped.Source) (header, error) {
	size := source.Size()
	if size < lengthSize {
		return header{}, broken(HeaderTooSmall, "", "the file has %d bytes, fewer than the %d of the header's length", size, lengthSize)
	}
	prefix := make([]byte, lengthSize)
	if _, err := source.ReadAt(prefix, 0); err != nil {
		return header{}, ioError("read header", source.Name(), err)
	}
	length := binary.LittleEndian.Uint64(prefix)
	switch {
	case length > maxHeader:
		return header{}, broken(HeaderTooLarge, "", "its length is given as %s bytes, at most %s are allowed: is it a safetensors file?",
			grouped(length), grouped(maxHeader))
	case length > uint64(size-lengthSize):
		return header{}, broken(InvalidHeaderLength, "", "truncated download? the header ends at byte %s, file has %s",
			grouped(lengthSize+length), grouped(uint64(size)))
	}
	text := make([]byte, length)
	if _, err := source.ReadAt(text, lengthSize); err != nil && length > 0 {
		return header{}, ioError("read header", source.Name(), err)
	}
	h, err := parseHeader(text)
	h.length = int64(length)
	return h, err
}

// locate checks the tensors against the file, steps 6 to 10 of the reference implementation, and sets where each is. It returns the place of each name.
func (h *header) locate(source *mapped.Source) (map[string]int, error) {
	index, length, err := h.arrange()
	if err != nil {
		return nil, err
	}
	begin := lengthSize + h.length
	size := source.Size()
	switch have := uint64(size - begin); {
	case have < length:
		return nil, broken(MetadataIncompleteBuffer, "", "truncated download? header says %s bytes, file has %s", grouped(uint64(begin)+length), grouped(uint64(size)))
	case have > length:
		return nil, broken(MetadataIncompleteBuffer, "", "%s extra bytes after the last tensor: header says %s bytes, file has %s",
			grouped(have-length), grouped(uint64(begin)+length), grouped(uint64(size)))
	}
	for i := range h.entries {
		e := &h.entries[i]
		e.source, e.offset = source, begin+int64(e.begin)
	}
	return index, nil
}

// Tensors describes the tensors in the order of their data. The result is the caller's. A tensor whose dtype is not of the specification that Heft knows
// has DType 0 and the file's spelling as Type: its bytes can be seen and copied, but not read as values.
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

// Metadata returns a copy of the file's metadata, nil when it has none.
func (f *File) Metadata() map[string]string { return maps.Clone(f.metadata) }

// find looks a name up. One that the file does not have is a [FormatError] of kind [TensorNotFound].
func (f *File) find(name string) (*entry, error) {
	i, ok := f.index[name]
	if !ok {
		return nil, &FormatError{Kind: TensorNotFound, File: f.name, Tensor: name, Detail: "use a name that Tensors lists"}
	}
	return &f.entries[i], nil
}

// View calls see with the bytes of a tensor, in place where the system maps files. see must neither keep nor change them, nor hand them to other
// goroutines, nor close the File. A name that the file does not have is a [FormatError] of kind [TensorNotFound]; a file that another process cuts short
// meanwhile is an io.ErrUnexpectedEOF; other errors are those of the disk and of see.
func (f *File) View(name string, see func(data []byte) error) error {
	e, err := f.find(name)
	if err != nil {
		return err
	}
	return e.view(0, e.Bytes, see)
}

// view shows the bytes from, ..., to-1 of a tensor.
func (e *entry) view(from, to int64, see func(data []byte) error) error {
	err := e.source.View(e.offset+from, to-from, func(data []byte) error {
		if err := see(data); err != nil {
			return &viewerError{err}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	if own, ok := err.(*viewerError); ok {
		return own.error
	}
	return e.failed(err)
}

// viewerError is the error of who looks at the bytes, which is not about the file.
type viewerError struct{ error }

func (e *viewerError) Unwrap() error { return e.error }

// failed says which tensor could not be read.
func (e *entry) failed(err error) error {
	return ioError(fmt.Sprintf("read tensor %.100q", e.Name), e.source.Name(), err)
}

// Stored returns a tensor whose bytes are looked at a part at a time, to be converted and written: see [dtype.Stored.WriteAs]. It serves until the File
// is closed. Errors are those of [File.View].
func (f *File) Stored(name string) (dtype.Stored, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	return dtype.Stored{Info: e.info(), View: e.view}, nil
}

// Read reads one tensor. One whose dtype is not known is a [FormatError] of kind [UnknownDType]; other errors are those of [File.View].
func (f *File) Read(name string) (dtype.Tensor, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	return e.read()
}

func (e *entry) read() (dtype.Tensor, error) {
	if err := e.known(); err != nil {
		return dtype.Tensor{}, err
	}
	data := make([]byte, e.Bytes)
	if _, err := e.source.ReadAt(data, e.offset); err != nil && len(data) > 0 {
		return dtype.Tensor{}, e.failed(err)
	}
	return dtype.Tensor{Name: e.Name, DType: e.DType, Shape: slices.Clone(e.Shape), Data: data}, nil
}

// known refuses a dtype whose values cannot be told.
func (e *entry) known() error {
	if e.DType != 0 {
		return nil
	}
	return &FormatError{Kind: UnknownDType, File: e.source.Name(), Tensor: e.Name,
		Detail: fmt.Sprintf("%.100q is not in the specification that Heft knows: convert the tensor with the tool that wrote the file", e.Type)}
}

// All reads the tensors one by one in the order of their data. It ends at the first error.
func (f *File) All() iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for i := range f.entries {
			t, err := f.entries[i].read()
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Close closes what [Open] opened, and waits for those who look at it.
func (f *File) Close() error {
	var errs []error
	for _, source := range f.sources {
		errs = append(errs, source.Close())
	}
	return cmp.Or(errs...)
}

// Load reads all tensors of the file at path, in the order of their data, and its metadata, nil when it has none. Errors are those of [Open] and
// [File.Read].
func Load(path string) (tensors []dtype.Tensor, metadata map[string]string, err error) {
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	tensors = make([]dtype.Tensor, 0, len(f.entries))
	for t, err := range f.All() {
		if err != nil {
			return nil, nil, err
		}
		tensors = append(tensors, t)
	}
	return tensors, f.metadata, nil
}
