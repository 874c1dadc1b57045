package dtype

import (
	"encoding/binary"
	"math"
)

// wholeRange is what an integer format holds, and BOOL.
type wholeRange struct {
	low, end float64 // from low up to, but not including, end: both are exact
	min      int64
	max      uint64
}

var ranges = map[DType]wholeRange{
	Bool: {0, 2, 0, 1},
	U8:   {0, 0x1p8, 0, math.MaxUint8},
	I8:   {-0x1p7, 0x1p7, math.MinInt8, math.MaxInt8},
	U16:  {0, 0x1p16, 0, math.MaxUint16},
	I16:  {-0x1p15, 0x1p15, math.MinInt16, math.MaxInt16},
	U32:  {0, 0x1p32, 0, math.MaxUint32},
	I32:  {-0x1p31, 0x1p31, math.MinInt32, math.MaxInt32},
	U64:  {0, 0x1p64, 0, math.MaxUint64},
	I64:  {-0x1p63, 0x1p63, math.MinInt64, math.MaxInt64},
}

// holds tells whether the whole number next to x is in the range. None is next to NaN.
func (r *wholeRange) holds(x float64) bool {
	x = math.RoundToEven(x)
	return x >= r.low && x < r.end
}

// nearest returns the bits of the whole number of the range next to x, the even one of two; 0 for NaN.
func (r *wholeRange) nearest(x float64) uint64 {
	x = math.RoundToEven(x)
	switch {
	case x >= r.end:
		return r.max
	case x >= 0:
		return uint64(x)
	case x >= r.low:
		return uint64(int64(x))
	case x < r.low:
		return uint64(r.min)
	}
	return 0
}

// storeWhole stores the lowest bits of a number as element i.
func storeWhole(dst []byte, i, width int, bits uint64) {
	switch width {
	case 1:
		dst[i] = byte(bits)
	case 2:
		binary.LittleEndian.PutUint16(dst[2*i:], uint16(bits))
	case 4:
		binary.LittleEndian.PutUint32(dst[4*i:], uint32(bits))
	default:
		binary.LittleEndian.PutUint64(dst[8*i:], bits)
	}
}

// encodeWhole stores the whole numbers next to src. Those too large become the largest, those too small the smallest, NaN becomes 0. BOOL is whether
// a number is not 0. dst: len(src) elements of dt, an integer format or BOOL.
func encodeWhole[T float32 | float64](dst []byte, src []T, dt DType) {
	if dt == Bool {
		for i, x := range src {
			dst[i] = 0
			if x != 0 {
				dst[i] = 1
			}
		}
		return
	}
	r, width := ranges[dt], dt.Bits()/8
	for i, x := range src {
		storeWhole(dst, i, width, r.nearest(float64(x)))
	}
}

// countOutside returns how many values of src have no whole number of dt next to them.
func countOutside[T float32 | float64](src []T, dt DType) (count int) {
	if dt == Bool {
		return 0
	}
	r := ranges[dt]
	for _, x := range src {
		if !r.holds(float64(x)) {
			count++
		}
	}
	return count
}

// decodeWhole reads integers, or BOOL as 0 and 1. Numbers that T does not hold become what Go's conversion makes of them. src: len(dst) elements of dt.
func decodeWhole[T float32 | float64 | int64](dst []T, src []byte, dt DType) {
	order := binary.LittleEndian
	switch dt {
	case Bool:
		for i := range dst {
			dst[i] = T(min(src[i], 1))
		}
	case U8:
		for i := range dst {
			dst[i] = T(src[i])
		}
	case I8:
		for i := range dst {
			dst[i] = T(int8(src[i]))
		}
	case U16:
		for i := range dst {
			dst[i] = T(order.Uint16(src[2*i:]))
		}
	case I16:
		for i := range dst {
			dst[i] = T(int16(order.Uint16(src[2*i:])))
		}
	case U32:
		for i := range dst {
			dst[i] = T(order.Uint32(src[4*i:]))
		}
	case I32:
		for i := range dst {
			dst[i] = T(int32(order.Uint32(src[4*i:])))
		}
	case U64:
		for i := range dst {
			dst[i] = T(order.Uint64(src[8*i:]))
		}
	case I64:
		for i := range dst {
			dst[i] = T(int64(order.Uint64(src[8*i:])))
		}
	}
}

// rewhole stores integers as another integer format or as BOOL, those outside its range as the end of it that is near, and returns how many they
// are. An empty dst only counts. src: n elements of from.
func rewhole(dst []byte, to DType, src []byte, from DType, n int) (outside int) {
	r, width := ranges[to], to.Bits()/8
	var one [1]int64
	for i := range n {
		decodeWhole(one[:], src[i*from.Bits()/8:], from)
		x := one[0]
		bits := uint64(x)
		switch {
		case to == Bool:
			bits = min(bits, 1)
		case x < 0 && from == U64: // beyond the largest int64
			if bits > r.max {
				bits = r.max
				outside++
			}
		case x < r.min:
			bits = uint64(r.min)
			outside++
		case x > 0 && bits > r.max:
			bits = r.max
			outside++
		}
		if len(dst) > 0 {
			storeWhole(dst, i, width, bits)
		}
	}
	return outside
}
