package inspect

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// chunk is how many values are looked at together: they stay in the first-level cache.
const chunk = 4096

// readable tells whether the values of a dtype can be read as float64.
func readable(d dtype.DType) bool {
	switch d {
	case dtype.Bool, dtype.U8, dtype.I8, dtype.U16, dtype.I16, dtype.U32, dtype.I32, dtype.U64, dtype.I64:
		return true
	}
	return d.Castable()
}

// chunks yields the values of a tensor of a readable dtype, in order. A slice holds until the next one comes.
func chunks(t dtype.Tensor) iter.Seq[[]float64] {
	return func(yield func([]float64) bool) {
		var r reader
		for part := range slices.Chunk(t.Data, chunk*t.DType.Bits()/8) {
			if !yield(r.read(t.DType, part)) {
				return
			}
		}
	}
}

// reader turns bytes into numbers, in memory that serves again.
type reader struct {
	wide   []float64
	narrow []float32
}

// read returns the values of little-endian data. Its length is a multiple of the dtype's width.
func (r *reader) read(d dtype.DType, data []byte) []float64 {
	width := d.Bits() / 8
	n := len(data) / width
	r.wide = slices.Grow(r.wide[:0], n)[:n]
	if d.Castable() && d != dtype.F64 {
		r.readFloats(d, data)
		return r.wide
	}
	for i := range r.wide {
		r.wide[i] = number(d, data[i*width:])
	}
	return r.wide
}

// readFloats leaves the arithmetic formats of at most 32 bits to dtype.
func (r *reader) readFloats(d dtype.DType, data []byte) {
	t := dtype.Tensor{DType: d, Shape: []int{len(r.wide)}, Data: data}
	var err error
	if r.narrow, err = t.Float32s(r.narrow[:0]); err != nil {
		panic(err) // the shape is made to fit, and the dtype is castable: a slip in this file
	}
	for i, v := range r.narrow {
		r.wide[i] = float64(v)
	}
}

// number reads the first value of data.
func number(d dtype.DType, data []byte) float64 {
	order := binary.LittleEndian
	switch d {
	case dtype.Bool:
		return float64(min(data[0], 1))
	case dtype.U8:
		return float64(data[0])
	case dtype.I8:
		return float64(int8(data[0]))
	case dtype.U16:
		return float64(order.Uint16(data))
	case dtype.I16:
		return float64(int16(order.Uint16(data)))
	case dtype.U32:
		return float64(order.Uint32(data))
	case dtype.I32:
		return float64(int32(order.Uint32(data)))
	case dtype.U64:
		return float64(order.Uint64(data))
	case dtype.I64:
		return float64(int64(order.Uint64(data)))
	}
	return math.Float64frombits(order.Uint64(data)) // F64
}
