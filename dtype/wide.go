package dtype

import (
	"encoding/binary"
	"math"
)

// float64At reads element i of F64 data.
func float64At(src []byte, i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
}

// decodeWide reads numbers of a format that exact32 is not true of: F64, and integers of 32 and 64 bits. Integers that float64 does not hold are
// rounded to odd, for a second rounding. src: len(dst) elements of dt.
func decodeWide(dst []float64, src []byte, dt DType) {
	order := binary.LittleEndian
	switch dt {
	case F64:
		for i := range dst {
			dst[i] = float64At(src, i)
		}
	case I64:
		for i := range dst {
			x := int64(order.Uint64(src[8*i:]))
			dst[i] = math.Copysign(oddFromUint64(uint64(max(x, -x))), float64(x))
		}
	case U64:
		for i := range dst {
			dst[i] = oddFromUint64(order.Uint64(src[8*i:]))
		}
	default:
		decodeWhole(dst, src, dt)
	}
}

// oddFromUint64 cuts the lowest 11 bits of an x beyond 2^53, and sets the bit above them when one is lost. At least 42 bits stay: enough for a second
// rounding to the 24 of float32 or fewer. See oddFrom64.
func oddFromUint64(x uint64) float64 {
	const lost = 1<<11 - 1
	if x > 1<<53 && x&lost != 0 {
		x = x&^lost | 1<<11
	}
	return float64(x)
}

// narrow rounds src to float32, to nearest even. Values too large become infinities, or with saturate the largest finite float32.
func narrow(dst []float32, src []float64, saturate bool) {
	for i, x := range src {
		y := narrow64(x)
		if saturate && math.Abs(x) <= math.MaxFloat64 && math.Abs(float64(y)) > math.MaxFloat32 {
			y = float32(math.Copysign(math.MaxFloat32, x))
		}
		dst[i] = y
	}
}

// narrowOdd rounds src to float32 to odd, for a second rounding to fewer bits.
func narrowOdd(dst []float32, src []float64) {
	for i, x := range src {
		dst[i] = oddFrom64(x)
	}
}

// encodeF64 stores numbers as F64.
func encodeF64[T float32 | float64](dst []byte, src []T) {
	for i, x := range src {
		binary.LittleEndian.PutUint64(dst[8*i:], math.Float64bits(float64(x)))
	}
}

// countOverflow64 is countOverflow32 of float64.
func countOverflow64(src []float64, dt DType) (count int) {
	if dt.whole() {
		return countOutside(src, dt)
	}
	tie, included := dt.Limits().overflow()
	end := math.MaxFloat64
	if dt == F8E4M3 {
		end = math.Inf(1)
	}
	for _, x := range src {
		if x = math.Abs(x); (x > tie || included && x == tie) && x <= end {
			count++
		}
	}
	return count
}
