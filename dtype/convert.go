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

// littleEndian tells whether this processor stores numbers as files do.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// inPlace sees F32 data as numbers, which must not be changed, or returns nil where the processor cannot.
func inPlace(data []byte) []float32 {
	start := unsafe.Pointer(unsafe.SliceData(data))
	if !littleEndian || uintptr(start)%4 != 0 {
		return nil
	}
	return unsafe.Slice((*float32)(start), len(data)/4)
}

// bytesOf sees numbers as the bytes of F32 data, where inPlace can.
func bytesOf(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
}

// encode stores src in dst, in any castable format but F64. Values too large become infinities; NaN in F8_E4M3, which has none; the nearest number
// in an integer format. dst: len(src) elements of dt.
func encode(dst []byte, src []float32, dt DType) {
	dst = dst[:len(src)*dt.Bits()/8]
	switch dt {
	case F16:
		if simd.ToF16(words(dst), src) {
			return
		}
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], halfFromBits(math.Float32bits(x)))
		}
	case BF16:
		if simd.ToBF16(words(dst), src) {
			return
		}
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], bfloatFromBits(math.Float32bits(x)))
		}
	case F32:
		if littleEndian {
			copy(dst, bytesOf(src))
			return
		}
		for i, x := range src {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
		}
	case F8E5M2:
		e5m2.encode(dst, src)
	case F8E4M3:
		e4m3.encode(dst, src)
	default:
		encodeWhole(dst, src, dt)
	}
}

// exact32 tells whether a float32 holds every number of dt.
func exact32(dt DType) bool { return dt.Castable() && (dt == F32 || dt.Bits() <= 16) }

// decode reads src, in a format of exact32. src: len(dst) elements of dt.
func decode(dst []float32, src []byte, dt DType) {
	src = src[:len(dst)*dt.Bits()/8]
	switch dt {
	case F16:
		if simd.FromF16(dst, words(src)) {
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(halfToBits(binary.LittleEndian.Uint16(src[2*i:])))
		}
	case BF16:
		if simd.FromBF16(dst, words(src)) {
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(bfloatToBits(binary.LittleEndian.Uint16(src[2*i:])))
		}
	case F32:
		if littleEndian {
			copy(bytesOf(dst), src)
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	case F8E5M2:
		decodeTable(dst, src, e5m2Values)
	case F8E4M3:
		decodeTable(dst, src, e4m3Values)
	default:
		decodeWhole(dst, src, dt)
	}
}

// countOverflow32 returns how many values of src are too large for dt: finite ones that round to infinity, and where dt has no infinity, infinite
// ones; for an integer format also those too small, and NaN.
func countOverflow32(src []float32, dt DType) int {
	if dt.whole() {
		return countOutside(src, dt)
	}
	low, end := uint32(infinity32), uint32(infinity32)
	if tie, included := dt.Limits().overflow(); tie <= math.MaxFloat32 {
		low = math.Float32bits(float32(tie))
		if !included {
			low++
		}
	}
	if dt == F8E4M3 {
		end++
	} else if low == end {
		return 0
	} else if n, ok := simd.CountMagnitudes(src, math.Float32frombits(low-1)); ok {
		return int(n)
	}
	count := 0
	for _, x := range src {
		if magnitude := math.Float32bits(x) & magnitudeMask; magnitude >= low && magnitude < end {
			count++
		}
	}
	return count
}

// clamp replaces what countOverflow32 counts in x, but for NaN, by dt's largest number, with its sign. Integer formats need no clamping.
func clamp(x []float32, dt DType) {
	if dt.whole() {
		return
	}
	largest := math.Float32bits(float32(dt.Limits().Max))
	end := uint32(infinity32)
	if dt == F8E4M3 {
		end++
	} else if simd.ClampMagnitudes(x, math.Float32frombits(largest)) {
		return
	}
	for i, v := range x {
		u := math.Float32bits(v)
		if magnitude := u & magnitudeMask; magnitude > largest && magnitude < end {
			x[i] = math.Float32frombits(u&^magnitudeMask | largest)
		}
	}
}
