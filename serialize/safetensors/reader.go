package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// File is an open safetensors file. Its header has been read and checked; data is read when asked for. It may be used by several goroutines.
type File struct {
	name     string // empty: not from a path
	source   io.ReaderAt
	close    func() error
	data     int64 // where the data begins
	entries  []entry
	index    map[string]int
	metadata map[string]string
}

// Open opens the file at path and checks its header. A file that breaks the format is a [FormatError]; anything but a regular file is refused. While
// the File is open, the file must not be cut short. Close it.
func Open(path string) (*File, error) {
	info, err := os.Stat(path) // before opening: to open a named pipe can wait forever
	if err != nil {
		return nil, ioError("open", path, err)
	}
	if info.IsDir() {
		return nil, ioError("open", path, errors.New("it is a directory: name the .safetensors file in it"))
	}
	if !info.Mode().IsRegular() {
		return nil, ioError("open", path, errors.New("it is not a regular file: copy it to one first"))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, ioError("open", path, err)
	}
	file, err := openFile(f, path)
	if err != nil {
		_ = f.Close() // nothing was written, and the reason for closing is being reported
		return nil, err
	}
	return file, nil
}

func openFile(f *os.File, path string) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, ioError("open", path, err)
	}
	file, err := newFile(f, info.Size(), path)
	if err != nil {
		return nil, err
	}
	file.close = f.Close
	return file, nil
}

// NewReader reads a file of that size in bytes from anything with random access, such as a bytes.Reader over embedded data. Errors are those of [Open].
// Closing the File does not close r.
func NewReader(r io.ReaderAt, size int64) (*File, error) { return newFile(r, size, "") }

// newFile checks the file in the order of the reference implementation.
func newFile(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, source: r, close: func() error { return nil }}
	if err := f.readHeader(size); err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			format.File = name
		}
		return nil, err
	}
	return f, nil
}

func (f *File) readHeader(size int64) error {
	if size < lengthSize {
		return broken(HeaderTooSmall, "", "the file has %d bytes, fewer than the %d of the header's length", size, lengthSize)
	}
	prefix, err := f.read(0, lengthSize)
	if err != nil {
		return ioError("read header", f.name, err)
	}
	length := binary.LittleEndian.Uint64(prefix)
	if length > maxHeader {
		return broken(HeaderTooLarge, "", "its length is given as %s bytes, at most %s are allowed: is it a safetensors file?", grouped(length), grouped(maxHeader))
	}
	if length > uint64(size-lengthSize) {
		return broken(InvalidHeaderLength, "", "truncated download? the header ends at byte %s, file has %s", grouped(lengthSize+length), grouped(uint64(size)))
	}
	text, err := f.read(lengthSize, int64(length))
	if err != nil {
		return ioError("read header", f.name, err)
	}
	h, err := parseHeader(text)
	if err != nil {
		return err
	}
	index, dataLength, err := h.arrange()
	if err != nil {
		return err
	}
	f.data = lengthSize + int64(length)
	switch have := uint64(size - f.data); {
	case have < dataLength:
		return broken(MetadataIncompleteBuffer, "", "truncated download? header says %s bytes, file has %s", grouped(uint64(f.data)+dataLength), grouped(uint64(size)))
	case have > dataLength:
		return broken(MetadataIncompleteBuffer, "", "%s extra bytes after the last tensor: header says %s bytes, file has %s",
			grouped(have-dataLength), grouped(uint64(f.data)+dataLength), grouped(uint64(size)))
	}
	f.entries, f.index, f.metadata = h.entries, index, h.metadata
	return nil
}

// read returns n bytes at that offset of the file, which the file's size allows.
func (f *File) read(offset, n int64) ([]byte, error) {
	data := make([]byte, n)
	read, err := f.source.ReadAt(data, offset)
	switch {
	case int64(read) == n:
		return data, nil
	case err == nil || errors.Is(err, io.EOF):
		return nil, io.ErrUnexpectedEOF
	}
	return nil, err
}

// Tensors describes the tensors in the order of their data. The result is the caller's.
func (f *File) Tensors() []Info {
	infos := make([]Info, len(f.entries))
	for i, e := range f.entries {
		infos[i] = e.Info
		infos[i].Shape = slices.Clone(e.Shape)
	}
	return infos
}

// Metadata returns a copy of the file's metadata, nil when it has none.
func (f *File) Metadata() map[string]string { return maps.Clone(f.metadata) }

// Read reads one tensor. A name that the file does not have is a [FormatError] of kind [TensorNotFound].
func (f *File) Read(name string) (dtype.Tensor, error) {
	i, ok := f.index[name]
	if !ok {
		return dtype.Tensor{}, &FormatError{Kind: TensorNotFound, File: f.name, Tensor: name, Detail: "use a name that Tensors lists"}
	}
	return f.load(&f.entries[i])
}

func (f *File) load(e *entry) (dtype.Tensor, error) {
	data, err := f.read(f.data+int64(e.begin), e.Bytes)
	if err != nil {
		return dtype.Tensor{}, ioError(fmt.Sprintf("read tensor %.100q", e.Name), f.name, err)
	}
	return dtype.Tensor{Name: e.Name, DType: e.DType, Shape: slices.Clone(e.Shape), Data: data}, nil
}

// All reads the tensors one by one in the order of their data. It ends at the first error.
func (f *File) All() iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for i := range f.entries {
			t, err := f.load(&f.entries[i])
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Close closes the file that [Open] opened.
func (f *File) Close() error { return f.close() }

// Load reads all tensors of the file at path, in the order of their data, and its metadata, nil when it has none. Errors are those of [Open].
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
