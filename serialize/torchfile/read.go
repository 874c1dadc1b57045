package torchfile

import (
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/fault"
)

// mostExpanded is the number of bytes that the tensors of a file which repeat elements of their storage (torch's expand) may have together: four bytes
// can claim to be 10^12 elements.
const mostExpanded = 64 << 20

func (t *tensor) bytes() int64 { return t.count * int64(t.element.size) }

func saturatingAdd(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// contiguous tells whether the elements stand one after the other, row-major.
func (t *tensor) contiguous() bool {
	next := 1
	for i, n := range slices.Backward(t.size) {
		if n > 1 && t.strides[i] != next {
			return false
		}
		next *= n
	}
	return true
}

// inPlace tells whether the file holds just the bytes that View shows.
func (f *File) inPlace(t *tensor) bool {
	return t.contiguous() && !t.conj && !t.neg && (!f.bigEndian || t.element.unit == 1) && !t.storage.record.deflated
}

// View calls see with the elements of the tensor of that name: little-endian, row-major, packed. They are the file's own bytes, in place, where the file
// has them so; otherwise (a transposed or expanded tensor, a big-endian file) a copy made for the call. see must neither keep nor change them, nor look
// at them from other goroutines. The checksum that the zip has of the storage is compared first, once for each storage. The error is a [FormatError], the
// system's or see's; a file that became shorter is an error.
func (f *File) View(name string, see func(data []byte) error) error {
	s, err := f.Stored(name)
	if err != nil {
		return err
	}
	return s.View(0, s.Bytes, see)
}

// Read returns a copy of one tensor. The checksum that the zip has of its storage is compared, which PyTorch does not do. A tensor of
// a format that dtype does not have, a quantized one among them, is a [FormatError] of kind [Unsupported]: View shows its bytes.
func (f *File) Read(name string) (dtype.Tensor, error) {
	t, err := f.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	data, err := f.read(t)
	if err != nil {
		return dtype.Tensor{}, inFile("read", f.source.Name(), err)
	}
	return dtype.Tensor{Name: name, DType: t.element.dtype, Shape: slices.Clone(t.size), Data: data}, nil
}

func (f *File) read(t *item) ([]byte, error) {
	if t.element.dtype == 0 {
		return nil, brokenTensor(Unsupported, t.name, "its elements are torch.%s, which Heft does not compute with", t.element.name)
	}
	if !f.inPlace(t.tensor) {
		return f.gather(t)
	}
	data := make([]byte, t.bytes())
	if n, err := f.source.ReadAt(data, t.first()); n < len(data) {
		return nil, err
	}
	r := t.storage.record
	if r.size == t.bytes() {
		return data, aboutTensor(t.name, r.checkSum(data))
	}
	return data, aboutTensor(t.name, r.check(f.source))
}

// first returns where the first element stands in the file.
func (t *tensor) first() int64 {
	return t.storage.record.offset + t.storage.base + t.offset*int64(t.element.size)
}

// gather makes the copy of a tensor that is not in the file as it is wanted.
func (f *File) gather(t *item) ([]byte, error) {
	if t.count > t.span && f.expanded > mostExpanded {
		return nil, brokenTensor(TooLarge, t.name, "the file's tensors that repeat elements of smaller storages would have %s bytes together, at most %s are read: "+
			"in Python, save x.contiguous()", fault.Grouped(uint64(f.expanded)), fault.Grouped(mostExpanded))
	}
	var out []byte
	collect := func(data []byte) error {
		out = t.appendElements(make([]byte, 0, t.bytes()), data, 0)
		return nil
	}
	unit := int64(t.element.size)
	var err error
	if r := t.storage.record; r.deflated {
		var data []byte
		if data, err = r.load(f.source); err == nil {
			if err = r.checkSum(data); err == nil {
				begin := t.storage.base + t.offset*unit
				err = collect(data[begin : begin+t.span*unit])
			}
		}
	} else if err = r.check(f.source); err == nil {
		err = f.source.View(t.first(), t.span*unit, collect)
	}
	if err != nil {
		return nil, aboutTensor(t.name, err)
	}
	if f.bigEndian {
		swap(out, t.element.unit)
	}
	if t.neg {
		flipSigns(out, t.element.unit, 0, t.element.unit)
	}
	if t.conj {
		flipSigns(out, t.element.unit, t.element.unit, t.element.size)
	}
	return out, nil
}

// appendElements appends the elements from dimension d on, whose first is the first of data.
func (t *tensor) appendElements(out, data []byte, d int) []byte {
	if t.count == 0 {
		return out
	}
	unit := t.element.size
	if d == len(t.size) {
		return append(out, data[:unit]...)
	}
	n, stride := t.size[d], t.strides[d]
	if d == len(t.size)-1 {
		if stride == 1 {
			return append(out, data[:n*unit]...)
		}
		for i := range n {
			at := i * stride * unit
			out = append(out, data[at:at+unit]...)
		}
		return out
	}
	for i := range n {
		out = t.appendElements(out, data[i*stride*unit:], d+1)
	}
	return out
}

// swap turns the bytes of each unit around.
func swap(data []byte, unit int) {
	for i := 0; i < len(data); i += unit {
		slices.Reverse(data[i : i+unit])
	}
}

// flipSigns flips the sign bit of the units that begin at first, first + step ...: the last byte's highest bit, little-endian.
func flipSigns(data []byte, unit, first, step int) {
	for i := first; i < len(data); i += step {
		data[i+unit-1] ^= 0x80
	}
}
