package safetensors

import "github.com/heft-ml/heft/dtype"

// Range is the indices From, ..., To-1 of a dimension.
type Range struct{ From, To int }

// ReadSlice reads a part of a tensor, and of the file little else: the given ranges of its first dimensions, and all of the others. All dimensions stay,
// as in NumPy's x[0:2, 3:4]. Errors are those of [File.Read], or a [FormatError] of kind [TooManySlices], [SliceOutOfRange], or [MisalignedSlice] when
// elements narrower than a byte are cut from the middle of one.
func (f *File) ReadSlice(name string, ranges ...Range) (dtype.Tensor, error) {
	e, err := f.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	if err := e.known(); err != nil {
		return dtype.Tensor{}, err
	}
	if err := e.inside(ranges); err != nil {
		return dtype.Tensor{}, err
	}
	c, err := newCut(e, ranges)
	if err != nil {
		return dtype.Tensor{}, err
	}
	data := make([]byte, c.bytes)
	if err := c.read(e, data); err != nil {
		return dtype.Tensor{}, err
	}
	return dtype.Tensor{Name: e.Name, DType: e.DType, Shape: c.shape, Data: data}, nil
}

// read fills data with the runs. Of a mapped file the bytes between them are seen, but not read.
func (c *cut) read(e *entry, data []byte) error {
	if c.bytes == 0 {
		return nil
	}
	starts := c.starts()
	if !e.source.Mapped() {
		for i, from := range starts {
			if _, err := e.source.ReadAt(data[int64(i)*c.run:][:c.run], e.offset+from); err != nil {
				return e.failed(err)
			}
		}
		return nil
	}
	return e.view(c.first, starts[len(starts)-1]+c.run, func(seen []byte) error {
		for i, from := range starts {
			copy(data[int64(i)*c.run:][:c.run], seen[from-c.first:])
		}
		return nil
	})
}

// inside refuses ranges that the tensor does not have.
func (e *entry) inside(ranges []Range) error {
	if len(ranges) > len(e.Shape) {
		return e.broken(TooManySlices, "%d ranges for %d dimensions", len(ranges), len(e.Shape))
	}
	for i, r := range ranges {
		if r.From < 0 || r.To < r.From || r.To > e.Shape[i] {
			return e.broken(SliceOutOfRange, "%d to %d of dimension %d, which has %d", r.From, r.To, i, e.Shape[i])
		}
	}
	return nil
}

// cut is a slice as runs of bytes that all have the same length.
type cut struct {
	shape []int
	bytes int64 // of all runs
	run   int64 // bytes of one

	first   int64 // where the first run begins
	counts  []int // how many runs there are along each dimension before the last one that is cut
	strides []int64
}

// newCut finds the longest runs: the last dimension that is not whole, with all dimensions after it.
func newCut(e *entry, ranges []Range) (*cut, error) {
	c := &cut{}
	cutLast := -1
	for i, n := range e.Shape {
		r := Range{0, n}
		if i < len(ranges) {
			r = ranges[i]
		}
		if r != (Range{0, n}) {
			cutLast = i
		}
		c.shape = append(c.shape, r.To-r.From)
	}
	if c.shape == nil {
		c.shape = []int{}
	}
	bits := int64(e.DType.Bits())
	run, first := bits, int64(0)
	strides := make([]int64, len(e.Shape))
	for i, stride := len(e.Shape)-1, bits; i >= 0; i-- {
		strides[i] = stride
		if i < len(ranges) {
			first += int64(ranges[i].From) * stride
		}
		if i >= cutLast {
			run *= int64(c.shape[i])
		}
		stride *= int64(e.Shape[i])
	}
	runs := int64(1)
	for i := range max(cutLast, 0) {
		c.counts = append(c.counts, c.shape[i])
		c.strides = append(c.strides, strides[i])
		runs *= int64(c.shape[i])
	}
	if runs*run == 0 {
		return c, nil
	}
	aligned := first%8 == 0 && run%8 == 0
	for i, n := range c.counts {
		aligned = aligned && (n == 1 || c.strides[i]%8 == 0)
		c.strides[i] /= 8
	}
	if !aligned {
		return nil, e.broken(MisalignedSlice, "elements of %v do not begin or end at whole bytes there", e.DType)
	}
	c.first, c.run, c.bytes = first/8, run/8, runs*run/8
	return c, nil
}

// starts lists where the runs begin, in order.
func (c *cut) starts() []int64 {
	starts := []int64{c.first}
	for i, n := range c.counts {
		next := make([]int64, 0, len(starts)*n)
		for _, from := range starts {
			for j := range n {
				next = append(next, from+int64(j)*c.strides[i])
			}
		}
		starts = next
	}
	return starts
}
