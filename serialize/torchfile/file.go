package torchfile

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// File is an open PyTorch file. Its pickles have been read and checked; data is read when asked for. It may be used by several goroutines.
type File struct {
	source    *mapped.Source
	items     []item
	index     map[string]int // of items, noTensor for what else has a name
	objects   []Object
	bigEndian bool
	expanded  int64 // bytes of all tensors that repeat elements of their storage
	work      int64 // bytes that are made or written to read all tensors, each once
}

const noTensor = -1

// item is a tensor and the name it has been given.
type item struct {
	name string
	*tensor
}

// Open opens the file at path and reads what it says about its tensors. A file that breaks a rule is a [FormatError]; anything but a regular file is
// refused. Nothing of the file is run. Close it.
func Open(path string) (*File, error) { return reading.Open[Kind](path, mapped.Open, newFile) }

// OpenFS opens a file of fsys, which may be embedded in the program. Errors are those of [Open].
func OpenFS(fsys fs.FS, name string) (*File, error) {
	return reading.Open[Kind](name, reading.From(fsys), newFile)
}

// NewReader reads a file of that size in bytes from anything with random access, such as a bytes.Reader over embedded data. Errors are those of [Open].
// Closing the File does not close r.
func NewReader(r io.ReaderAt, size int64) (*File, error) { return newFile(mapped.New(r, size)) }

func newFile(source *mapped.Source) (*File, error) {
	f := &File{source: source}
	root, err := f.readObject()
	if err == nil {
		err = f.nameTensors(root)
	}
	if err != nil {
		return nil, inFile("read", source.Name(), err)
	}
	return f, nil
}

// readObject reads what was given to torch.save.
func (f *File) readObject() (root any, err error) {
	size := f.source.Size()
	start := make([]byte, min(size, tarMagicAt+8))
	if n, err := f.source.ReadAt(start, 0); n < len(start) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		a, err := openArchive(f.source, size)
		if err != nil {
			return nil, err
		}
		root, f.bigEndian, err = readZip(a)
		return root, err
	case len(start) > 1 && start[0] == opProto && start[1] <= 5:
		return readLegacy(f.source, size)
	}
	return nil, otherContainer(start)
}

// tarMagicAt is where a tar file says that it is one.
const tarMagicAt = 257

// otherContainer says what a file is that is neither a zip nor a pickle.
func otherContainer(start []byte) error {
	switch {
	case len(start) == 0:
		return broken(NotTorch, "it is empty")
	case len(start) > tarMagicAt && bytes.HasPrefix(start[tarMagicAt:], []byte("ustar")):
		return broken(Unsupported, "a tar, as PyTorch before 0.1.10 wrote it: load it there and save it again")
	case bytes.HasPrefix(start, []byte("7z\xbc\xaf\x27\x1c")):
		return broken(NotTorch, "a 7z archive, which torch.save never writes")
	case bytes.HasPrefix(start, []byte("PYTORCH1")):
		return broken(Unsupported, "an archive of PyTorch 1.0's preview")
	case bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return broken(BadArchive, "the zip has no entries")
	case bytes.HasPrefix(start, []byte("GGUF")):
		return broken(NotTorch, "a GGUF file")
	case len(start) > 8 && start[8] == '{':
		return broken(NotTorch, "a safetensors file, as it seems")
	}
	return broken(NotTorch, "it begins with %q: a .pt is a zip or a pickle of protocol 2 or later", start[:min(len(start), 8)])
}

// Tensors describes the tensors in the order in which the file names them. A quantized tensor, and one of a format that dtype does not have, has no
// DType; Type is then torch's name of it. Shape: PyTorch's size. Bytes: of the elements, not of the storage. The result is the caller's.
func (f *File) Tensors() []dtype.Info {
	infos := make([]dtype.Info, len(f.items))
	for i := range f.items {
		infos[i] = f.items[i].info()
	}
	return infos
}

// info is the caller's.
func (t *item) info() dtype.Info {
	info := dtype.Info{Name: t.name, DType: t.element.dtype, Type: t.element.name, Shape: slices.Clone(t.size), Bytes: t.bytes()}
	if info.DType != 0 {
		info.Type = info.DType.String()
	}
	return info
}

// Object is a value of the file that is no tensor, as checkpoints have them: a learning rate, a list of losses, a name.
type Object struct {
	Name  string // as a tensor would have it; of an attribute as _metadata, the dict's name and the attribute's
	Type  string // Python's: "int", "float", "str", "list", "torch.device" ...
	value any
}

// Text returns a str as it is, and anything else much as Python prints it, numbers just so, cut to 200 bytes. Control characters of a str are not escaped.
func (o Object) Text() string {
	if s, ok := o.value.(string); ok {
		return s
	}
	return text(o.value)
}

// Objects lists what the file has beside tensors, in the file's order. The result is the caller's.
func (f *File) Objects() []Object { return slices.Clone(f.objects) }

// Placement says how PyTorch held a tensor.
type Placement struct {
	Storage      string // the key of its storage: tensors of one storage share memory
	Location     string // where the storage was: "cpu", "cuda:0"
	Offset       int64  // of the first element in the storage, in elements
	Strides      []int  // between neighbours along each dimension, in elements
	Parameter    bool   // it was an nn.Parameter
	RequiresGrad bool
	Quantizer    string // scheme, scale and zero point of a quantized tensor as Python prints them, or empty
}

// Placement returns how PyTorch held the tensor of that name, and false when the file has none of that name.
func (f *File) Placement(name string) (Placement, bool) {
	t, err := f.find(name)
	if err != nil {
		return Placement{}, false
	}
	return Placement{
		Storage: t.storage.key, Location: t.storage.location, Offset: t.offset, Strides: slices.Clone(t.strides),
		Parameter: t.parameter, RequiresGrad: t.requiresGrad, Quantizer: t.quantizer,
	}, true
}

// Close closes the file that [Open] opened, when nobody looks at its bytes any more.
func (f *File) Close() error { return inFile("close", f.source.Name(), f.source.Close()) }

// find returns the tensor of that name.
func (f *File) find(name string) (*item, error) {
	i, ok := f.index[name]
	if !ok || i == noTensor {
		return nil, inFile("read", f.source.Name(), brokenTensor(TensorNotFound, name, "use a name that Tensors lists"))
	}
	return &f.items[i], nil
}

// dotted joins a name to the name of what it is in.
func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return strings.Join([]string{path, name}, ".")
}
