package safetensors

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// File is an open safetensors file. Its header has been read and checked; data is looked at when asked for. It may be used by several goroutines.
type File struct {
	source   *mapped.Source
	entries  []entry
	index    map[string]int
	metadata map[string]string
	keys     []string // of the metadata, in the file's order
}

// Open opens the file at path and checks its header. A file that breaks the format is a [FormatError]; anything but a regular file is refused. The
// system maps the file into memory where it can, and reads of it only what is looked at. Close it.
func Open(path string) (*File, error) { return reading.Open[Kind](path, mapped.Open, newFile) }

// OpenFS opens a file of fsys, which may be embedded in the program. Errors are those of [Open].
func OpenFS(fsys fs.FS, name string) (*File, error) {
	return reading.Open[Kind](name, reading.From(fsys), newFile)
}

// NewReader reads a file of that size in bytes from anything with random access, such as a bytes.Reader over embedded data. Errors are those of [Open].
// Closing the File does not close r.
func NewReader(r io.ReaderAt, size int64) (*File, error) { return newFile(mapped.New(r, size)) }

// newFile checks the file.
func newFile(source *mapped.Source) (*File, error) {
	f := &File{source: source}
	h, err := readHeader(source)
	if err == nil {
		f.index, err = h.locate(source)
	}
	if err != nil {
		return nil, fault.InFile[Kind]("read header", source.Name(), err)
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
		return header{}, err
	}
	length := binary.LittleEndian.Uint64(prefix)
	switch {
	case length > maxHeader:
		return header{}, broken(HeaderTooLarge, "", "its length is given as %s bytes, at most %s are allowed: is it a safetensors file?",
			fault.Grouped(length), fault.Grouped(maxHeader))
	case length > uint64(size-lengthSize):
		return header{}, broken(InvalidHeaderLength, "", "truncated download? the header ends at byte %s, file has %s",
			fault.Grouped(lengthSize+length), fault.Grouped(uint64(size)))
	}
	text := make([]byte, length)
	if _, err := source.ReadAt(text, lengthSize); err != nil && length > 0 {
		return header{}, err
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
		return nil, broken(MetadataIncompleteBuffer, "", "truncated download? header says %s bytes, file has %s", fault.Grouped(uint64(begin)+length), fault.Grouped(uint64(size)))
	case have > length:
		return nil, broken(MetadataIncompleteBuffer, "", "%s extra bytes after the last tensor: header says %s bytes, file has %s",
			fault.Grouped(have-length), fault.Grouped(uint64(begin)+length), fault.Grouped(uint64(size)))
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
		return nil, fault.InFile[Kind]("find", f.source.Name(), broken(TensorNotFound, name, "use a name that Tensors lists"))
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
	return e.source.Show(e.offset+from, to-from, see, e.failed)
}

// failed says which tensor could not be read.
func (e *entry) failed(err error) error {
	return fault.IO[Kind](fmt.Sprintf("read tensor %.100q", e.Name), e.source.Name(), err)
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
	return e.broken(UnknownDType, "%.100q is not in the specification that Heft knows: convert the tensor with the tool that wrote the file", e.Type)
}

// broken makes a FormatError about the tensor.
func (e *entry) broken(kind Kind, format string, args ...any) error {
	return fault.InFile[Kind]("read", e.source.Name(), broken(kind, e.Name, format, args...))
}

// All reads the tensors one by one in the order of their data. It ends at the first error.
func (f *File) All() iter.Seq2[dtype.Tensor, error] {
	return reading.All(f.entries, (*entry).read)
}

// Close closes what [Open] opened, and waits for those who look at it.
func (f *File) Close() error { return f.source.Close() }

// Load reads all tensors of the file at path, in the order of their data, and its metadata, nil when it has none. Errors are those of [Open] and
// [File.Read].
func Load(path string) (tensors []dtype.Tensor, metadata map[string]string, err error) {
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
