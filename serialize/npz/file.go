package npz

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// File is an open .npz or .npy. Its headers have been read and checked; data is looked at when asked for. It may be used by several goroutines.
type File struct {
	source  *mapped.Source
	entries []entry
	index   map[string]int
}

// entry is an array, and where it is.
type entry struct {
	header
	name       string
	offset     int64     // of the data, in a file that has it as it is
	begin, end int64     // of the entry, header and data as they are packed
	file       *zip.File // nil: the file is this one array
	source     *mapped.Source
}

// Open opens the file at path and checks its headers. A file that breaks the format is a [FormatError]; anything but a regular file is refused. The system
// maps the file into memory where it can, and reads of it only what is looked at. Close it.
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
	f := &File{source: source, index: map[string]int{}}
	var err error
	if f.entries, err = readEntries(source); err != nil {
		return nil, f.about("", err)
	}
	for i := range f.entries {
		f.index[f.entries[i].name] = i
	}
	return f, nil
}

// readEntries tells by its first bytes what the file is.
func readEntries(source *mapped.Source) ([]entry, error) {
	start := make([]byte, min(source.Size(), int64(len(magic))))
	if n, err := source.ReadAt(start, 0); n < len(start) {
		return nil, err
	}
	switch {
	case string(start) == magic:
		return readArray(source)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return readArchive(source)
	}
	return nil, broken(NotNumPy, "", "it begins with %q: a .npy begins with %q, a .npz is a zip", start, magic)
}

// about names the file and the array in an error.
func (f *File) about(name string, err error) error {
	return fault.InFile[Kind]("read", f.source.Name(), about(name, err))
}

// Tensors describes the arrays in the order of the file. One whose type Heft has no like of has DType 0 and NumPy's spelling as Type: its bytes can be
// seen, but not read as values; of an array of objects not even that. The result is the caller's.
func (f *File) Tensors() []dtype.Info {
	infos := make([]dtype.Info, len(f.entries))
	for i := range f.entries {
		infos[i] = f.entries[i].describe()
	}
	return infos
}

// describe returns what is the caller's.
func (e *entry) describe() dtype.Info { return e.info(e.name, slices.Clone(e.shape), e.bytes) }

// find looks a name up. One that the file does not have is a [FormatError] of kind [TensorNotFound], an array of objects one of kind [ObjectArray].
func (f *File) find(name string) (*entry, error) {
	i, ok := f.index[name]
	if !ok {
		return nil, f.about(name, broken(TensorNotFound, name, "use a name that Tensors lists"))
	}
	e := &f.entries[i]
	if e.object {
		return nil, f.about(name, broken(ObjectArray, name, "its elements (%.100q) are pickled, and pickles can run any code: save it from NumPy as numbers", e.element.name))
	}
	return e, nil
}

// View calls see with the bytes of an array, little-endian and row-major: in place where the file has them so and the system maps files, a copy made for
// the call elsewhere. The checksum that a .npz has of them is compared first. see must neither keep nor change them, nor hand them to other goroutines, nor
// close the File. The error is a [FormatError] of kind [TensorNotFound], [ObjectArray] or [BadChecksum], or one about the file; a file that another process
// cuts short meanwhile is an io.ErrUnexpectedEOF; other errors are those of the disk and of see.
func (f *File) View(name string, see func(data []byte) error) error {
	s, err := f.Stored(name)
	if err != nil {
		return err
	}
	return s.View(0, s.Bytes, see)
}

// Stored returns an array whose bytes are looked at a part at a time. One that the file does not have as it is, little-endian and row-major, is made in
// memory when it is first looked at. When as many bytes have been looked at as it has, the checksum of a .npz is compared: to look at all parts compares
// it, to look at a few does not. It serves until the File is closed. Errors are those of [File.View].
func (f *File) Stored(name string) (dtype.Stored, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	s := dtype.Stored{Info: e.describe()}
	if e.plain() {
		var looked atomic.Int64
		check := sync.OnceValue(e.check)
		s.View = func(from, to int64, see func(data []byte) error) error {
			if looked.Add(to-from) >= s.Bytes {
				if err := check(); err != nil {
					return f.about(name, err)
				}
			}
			return e.source.Show(e.offset+from, to-from, see, func(err error) error { return f.about(name, err) })
		}
		return s, nil
	}
	made := sync.OnceValues(e.convert)
	s.View = func(from, to int64, see func(data []byte) error) error {
		data, err := made()
		if err != nil {
			return f.about(name, err)
		}
		return see(data[from:to:to])
	}
	return s, nil
}

// plain tells whether the file has the data as it is shown.
func (e *entry) plain() bool {
	return (e.file == nil || e.file.Method == zip.Store) && e.unit == 0 && (!e.fortran || len(e.shape) < 2)
}

// convert reads the data and makes it little-endian and row-major.
func (e *entry) convert() ([]byte, error) {
	data, err := e.load()
	if err != nil {
		return nil, err
	}
	if e.fortran {
		data = rowMajor(data, e.shape, int(e.width))
	}
	if e.unit > 0 {
		swap(data, e.unit)
	}
	return data, nil
}

// check compares the checksum, if there is one, in little memory.
func (e *entry) check() error {
	if e.file == nil {
		return nil
	}
	sum, err := e.source.CRC32(e.begin, e.end-e.begin)
	if want := e.file.CRC32; err == nil && want != 0 && sum != want { // who computes none leaves a zero
		return unpacked(zip.ErrChecksum)
	}
	return err
}

// load reads the data as the file has it, and compares the checksum if there is one.
func (e *entry) load() ([]byte, error) {
	if e.file == nil {
		data := make([]byte, e.bytes)
		_, err := e.source.ReadAt(data, e.offset)
		if len(data) == 0 {
			err = nil
		}
		return data, err
	}
	r, err := e.file.Open()
	if err != nil {
		return nil, unpacked(err)
	}
	defer func() { _ = r.Close() }() // nothing was written
	if _, err := io.CopyN(io.Discard, r, e.size); err != nil {
		return nil, unpacked(err)
	}
	data := make([]byte, e.bytes)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, unpacked(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // nothing is left; the checksum is compared at the end
		return nil, unpacked(err)
	}
	return data, nil
}

// Read reads one array, and compares the checksum that a .npz has of it. One of a type that Heft has no like of is a [FormatError] of kind [Unsupported];
// other errors are those of [File.View].
func (f *File) Read(name string) (dtype.Tensor, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	if e.dtype == 0 {
		return dtype.Tensor{}, f.about(name, broken(Unsupported, name, "values of type %.100q: View shows their bytes", e.element.name))
	}
	data, err := e.convert()
	if err != nil {
		return dtype.Tensor{}, f.about(name, err)
	}
	return dtype.Tensor{Name: name, DType: e.dtype, Shape: slices.Clone(e.shape), Data: data}, nil
}

// Close closes what [Open] opened, and waits for those who look at it.
func (f *File) Close() error { return f.source.Close() }
