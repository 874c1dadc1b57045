package torchfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// Save writes a state dict to path, as a whole or not at all, that torch.load opens with weights_only=True and mmap=True: an OrderedDict of the tensors in
// their order. The pickle is the one that torch.save writes, to the byte. Tensors whose Data is the same memory share one storage. Nothing is written
// when a name comes twice or is not UTF-8, when a dtype is not one of PyTorch's (F4 and F6: [FormatError]), or when data does not fit its shape
// ([dtype.SizeError]). Other errors are those of the disk, and name the path.
func Save(path string, tensors []dtype.Tensor) error {
	return atomicfile.Write(path, func(w io.Writer) error { return Write(w, tensors) })
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte.
func Write(w io.Writer, tensors []dtype.Tensor) error {
	infos := make([]dtype.Info, len(tensors))
	share := make([]int, len(tensors))
	first := map[*byte]int{}
	for i, t := range tensors {
		if err := t.Check(); err != nil {
			return err
		}
		infos[i] = dtype.Info{Name: t.Name, DType: t.DType, Shape: t.Shape, Bytes: int64(len(t.Data))}
		share[i] = i
		if len(t.Data) == 0 {
			continue
		}
		if j, ok := first[&t.Data[0]]; !ok {
			first[&t.Data[0]] = i
		} else if tensors[j].DType == t.DType && len(tensors[j].Data) == len(t.Data) {
			share[i] = j
		}
	}
	return write(w, infos, share, func(i int, w io.Writer) error {
		_, err := w.Write(tensors[i].Data)
		return err
	})
}

// Create writes to path what [Save] writes, without having the tensors in memory: fill is called for each of infos in their order, and writes its elements,
// little-endian and row-major. Of an Info the name, the dtype and the shape count. An error of fill is returned, as is one that it wrote more or less
// than there are; path is then as it was.
func Create(path string, infos []dtype.Info, fill func(i int, w io.Writer) error) error {
	sized := slices.Clone(infos)
	share := make([]int, len(infos))
	for i := range sized {
		size, err := dtype.ByteSize(sized[i].DType, sized[i].Shape)
		if err != nil {
			return &dtype.SizeError{Name: sized[i].Name, DType: sized[i].DType, Shape: sized[i].Shape, Err: err}
		}
		sized[i].Bytes = size
		share[i] = i
	}
	return atomicfile.Write(path, func(w io.Writer) error { return write(w, sized, share, fill) })
}

// write writes the archive. share[i] is the tensor whose storage tensor i views: itself, or one before it.
func write(w io.Writer, infos []dtype.Info, share []int, fill func(i int, w io.Writer) error) error {
	pickle, err := stateDict(infos, share)
	if err != nil {
		return err
	}
	z := &zipWriter{Writer: zip.NewWriter(w)}
	if err := z.word(pickleName, pickle); err != nil {
		return err
	}
	if !z.needs64Bits(infos) {
		if err := z.word(".format_version", []byte("1")); err != nil {
			return err
		}
	}
	for _, r := range []struct{ name, text string }{{".storage_alignment", fmt.Sprint(alignment)}, {orderName, "little"}} {
		if err := z.word(r.name, []byte(r.text)); err != nil {
			return err
		}
	}
	key := 0
	for i, info := range infos {
		if share[i] != i {
			continue
		}
		if err := z.record(fmt.Sprint(storageFolder, key), info.Bytes, func(w io.Writer) error { return fill(i, w) }); err != nil {
			return fmt.Errorf("torchfile: tensor %.100q: %w", info.Name, err)
		}
		key++
	}
	if err := z.word(versionName, []byte("3\n")); err != nil {
		return err
	}
	return z.Close()
}

// zipWriter aligns what it writes as PyTorch does, so that storages can be mapped.
type zipWriter struct {
	*zip.Writer
	pos int64 // where the next header will stand
}

const (
	writtenTop = "archive/" // what torch.save writes where it knows no file name
	alignment  = 64         // bytes

	most32Bits   = math.MaxUint32
	descriptor32 = 16 // bytes of what follows the data: signature, checksum, sizes
	descriptor64 = 24
)

// needs64Bits tells whether a reader that computes where storages are (torch's calculate_storage_offsets) would go wrong: PyTorch writes 64-bit fields
// where archive/zip has none. Such a file does not have the entry that allows it, and the directory tells.
func (z *zipWriter) needs64Bits(infos []dtype.Info) bool {
	total := z.pos
	for _, info := range infos {
		total = saturatingAdd(total, saturatingAdd(info.Bytes, 1<<10))
	}
	return total >= most32Bits
}

func (z *zipWriter) word(name string, data []byte) error {
	return z.record(name, int64(len(data)), func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	})
}

// record writes an entry of size bytes. Its data begins at a multiple of alignment, for which a field "FB" of the header is padded with Z's.
func (z *zipWriter) record(name string, size int64, fill func(io.Writer) error) error {
	h := &zip.FileHeader{Name: writtenTop + name, Method: zip.Store, Flags: 0x800}
	start := z.pos + localHeader + int64(len(h.Name)) + 4
	pad := (alignment - start%alignment) % alignment
	h.Extra = append([]byte{'F', 'B', byte(pad), 0}, bytes.Repeat([]byte{'Z'}, int(pad))...)
	z.pos = start + pad + size
	create := z.CreateRaw // which writes nothing behind the data, as PyTorch where there is none
	if size > 0 {
		create = z.CreateHeader
		z.pos += descriptor32
	}
	if size >= most32Bits {
		z.pos += descriptor64 - descriptor32
	}
	w, err := create(h)
	if err != nil {
		return err
	}
	c := &counter{Writer: w}
	if err := fill(c); err != nil {
		return err
	}
	if c.n != size {
		return fmt.Errorf("%d bytes were written, its shape needs %d", c.n, size)
	}
	return nil
}

// counter counts what is written.
type counter struct {
	io.Writer
	n int64
}

// Write writes to the writer below.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

// writtenAs gives each dtype the storage class that torch.save writes, or the torch.dtype over an UntypedStorage.
var writtenAs = map[dtype.DType]struct{ class, name string }{
	dtype.F64: {"DoubleStorage", ""}, dtype.F32: {"FloatStorage", ""}, dtype.F16: {"HalfStorage", ""}, dtype.BF16: {"BFloat16Storage", ""},
	dtype.I64: {"LongStorage", ""}, dtype.I32: {"IntStorage", ""}, dtype.I16: {"ShortStorage", ""}, dtype.I8: {"CharStorage", ""},
	dtype.U8: {"ByteStorage", ""}, dtype.Bool: {"BoolStorage", ""}, dtype.C64: {"ComplexFloatStorage", ""},
	dtype.U16: {"", "uint16"}, dtype.U32: {"", "uint32"}, dtype.U64: {"", "uint64"}, dtype.F8E4M3: {"", "float8_e4m3fn"}, dtype.F8E5M2: {"", "float8_e5m2"},
	dtype.F8E4M3FNUZ: {"", "float8_e4m3fnuz"}, dtype.F8E5M2FNUZ: {"", "float8_e5m2fnuz"}, dtype.F8E8M0: {"", "float8_e8m0fnu"},
}

const batch = 1000 // items that Python's pickler puts into a dict at once

// stateDict checks the tensors and makes the pickle.
func stateDict(infos []dtype.Info, share []int) ([]byte, error) {
	names := make(map[string]bool, len(infos))
	keys := make([]string, len(infos))
	p := newPickler()
	p.emptyDict()
	next := 0
	for i, info := range infos {
		switch {
		case names[info.Name]:
			return nil, brokenTensor(DuplicateName, info.Name, "two tensors have this name")
		case !utf8.ValidString(info.Name) || len(info.Name) > longestKey:
			return nil, brokenTensor(InvalidName, info.Name, "a name is UTF-8 of at most %d bytes: rename the tensor", longestKey)
		case writtenAs[info.DType] == struct{ class, name string }{}:
			return nil, brokenTensor(Unsupported, info.Name, "PyTorch has no tensors of %v: convert it", info.DType)
		}
		names[info.Name] = true
		if keys[i] = keys[share[i]]; share[i] == i {
			keys[i] = fmt.Sprint(next)
			next++
		}
		left := len(infos) - i/batch*batch
		if i%batch == 0 && left > 1 {
			p.op(opMark)
		}
		p.text(info.Name)
		p.tensor(info, keys[i])
		switch {
		case left == 1:
			p.op(opSetItem)
		case i%batch == batch-1 || i == len(infos)-1:
			p.op(opSetItems)
		}
	}
	p.op(opStop)
	return p.out, nil
}

// tensor writes the call that makes a tensor of all of a storage.
func (p *pickler) tensor(info dtype.Info, key string) {
	as := writtenAs[info.DType]
	elements := int64(info.NumElements())
	if as.class == "" {
		p.global("torch._utils", "_rebuild_tensor_v3")
	} else {
		p.global("torch._utils", "_rebuild_tensor_v2")
	}
	p.op(opMark, opMark)
	p.textOnce(p.words, "storage")
	if as.class == "" {
		p.global("torch.storage", "UntypedStorage")
		elements = info.Bytes
	} else {
		p.global("torch", as.class)
	}
	p.textOnce(p.keys, key)
	p.textOnce(p.words, "cpu")
	p.number(elements)
	p.endTuple(5)
	p.op(opBinPersID)
	p.number(0)
	p.numbers(info.Shape)
	p.numbers(rowMajor(info.Shape))
	p.op(opNewFalse)
	p.emptyDict()
	if as.class == "" {
		p.global("torch", as.name)
	}
	p.endTuple(6)
	p.op(opReduce)
	p.remember()
}

// rowMajor returns the strides of a contiguous tensor, in elements. As in PyTorch an empty dimension counts as one.
func rowMajor(shape []int) []int {
	strides := make([]int, len(shape))
	next := 1
	for i, n := range slices.Backward(shape) {
		strides[i] = next
		next *= max(n, 1)
	}
	return strides
}
