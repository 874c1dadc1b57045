package torchfile

import (
	"slices"

	"github.com/heft-ml/heft/dtype"
)

func (t *tensor) bytes() int64 { return t.count * int64(t.element.size) }

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
	if err := f.affordable(t); err != nil {
		return nil, err
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
	var out []byte
	collect := func(data []byte) error {
		out = t.elements(data)
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

// elements returns a row-major copy, of data that begins with the first element.
func (t *tensor) elements(data []byte) []byte {
	out := make([]byte, 0, t.bytes())
	if t.count == 0 {
		return out
	}
	size, strides := t.loops()
	return appendElements(out, data, size, strides, t.element.size)
}

// loops returns the dimensions of more than one element, with their strides. The others would be a step each on the way to every element.
func (t *tensor) loops() (size, strides []int) {
	for i, n := range t.size {
		if n > 1 {
			size, strides = append(size, n), append(strides, t.strides[i])
		}
	}
	return size, strides
}

// appendElements appends elements of unit bytes along these dimensions, the first of which is the first of data.
func appendElements(out, data []byte, size, strides []int, unit int) []byte {
	if len(size) == 0 {
		return append(out, data[:unit]...)
	}
	n, stride := size[0], strides[0]
	if len(size) > 1 {
		for i := range n {
			out = appendElements(out, data[i*stride*unit:], size[1:], strides[1:], unit)
		}
		return out
	}
	if stride == 1 {
		return append(out, data[:n*unit]...)
	}
	for i := range n {
		at := i * stride * unit
		out = append(out, data[at:at+unit]...)
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
