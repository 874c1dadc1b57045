package dtype

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/heft-ml/heft/internal/simd"
)

// words sees bytes as the 16-bit elements they hold, wherever they begin. Processors with kernels store them in the
// order of files.
func words(data []byte) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(data))), len(data)/2)
}

// encode stores src in dst as F16, BF16 or F32. Values too large become infinities. dst: len(src) elements of dt.
func encode(dst []byte, src []float32, dt DType) {
	switch dt {
	case F16:
		dst = dst[:2*len(src)]
		if simd.ToF16(words(dst), src) {
			return
		}
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], halfFromBits(math.Float32bits(x)))
		}
	case BF16:
		dst = dst[:2*len(src)]
		if simd.ToBF16(words(dst), src) {
			return
		}
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], bfloatFromBits(math.Float32bits(x)))
		}
	case F32:
		dst = dst[:4*len(src)]
		for i, x := range src {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
		}
	}
}

// decode reads F16, BF16 or F32 from src, exactly. src: len(dst) elements of dt.
func decode(dst []float32, src []byte, dt DType) {
	switch dt {
	case F16:
		src = src[:2*len(dst)]
		if simd.FromF16(dst, words(src)) {
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(halfToBits(binary.LittleEndian.Uint16(src[2*i:])))
		}
	case BF16:
		src = src[:2*len(dst)]
		if simd.FromBF16(dst, words(src)) {
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(bfloatToBits(binary.LittleEndian.Uint16(src[2*i:])))
		}
	case F32:
		src = src[:4*len(dst)]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	}
}

// float64At reads element i of F64 data.
func float64At(src []byte, i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
}

// narrow rounds F64 data to float32, to nearest even. Values too large become infinities, or with saturate the largest finite float32.
func narrow(dst []float32, src []byte, saturate bool) {
	for i := range dst {
		x := float64At(src, i)
		y := narrow64(x)
		if saturate && math.Abs(x) <= math.MaxFloat64 && math.Abs(float64(y)) > math.MaxFloat32 {
			y = float32(math.Copysign(math.MaxFloat32, x))
		}
		dst[i] = y
	}
}

// narrowOdd rounds F64 data to float32 to odd, for a second rounding to F16 or BF16.
func narrowOdd(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = oddFrom64(float64At(src, i))
	}
}

// countOverflow32 returns how many finite values of src round to infinity in dt.
func countOverflow32(src []float32, dt DType) int {
	from := dt.Limits().overflow()
	if from > math.MaxFloat32 {
		return 0
	}
	low := math.Float32bits(float32(from))
	if n, ok := simd.CountMagnitudes(src, math.Float32frombits(low-1)); ok {
		return int(n)
	}
	count := 0
	for _, x := range src {
		if magnitude := math.Float32bits(x) & magnitudeMask; magnitude >= low && magnitude < infinity32 {
			count++
		}
	}
	return count
}

// countOverflow64 returns how many finite values of F64 data round to infinity in dt.
func countOverflow64(src []byte, dt DType) int {
	from := dt.Limits().overflow()
	count := 0
	for i := range len(src) / 8 {
		if x := math.Abs(float64At(src, i)); x >= from && x <= math.MaxFloat64 {
			count++
		}
	}
	return count
}

// clamp replaces the finite values of x beyond dt's largest number by that number, with their sign.
func clamp(x []float32, dt DType) {
	largest := float32(dt.Limits().Max)
	if simd.ClampMagnitudes(x, largest) {
		return
	}
	for i, v := range x {
		if magnitude := math.Float32bits(v) & magnitudeMask; magnitude > math.Float32bits(largest) && magnitude < infinity32 {
			x[i] = float32(math.Copysign(float64(largest), float64(v)))
		}
	}
}
