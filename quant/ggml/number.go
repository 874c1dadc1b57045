package ggml

import (
	"encoding/binary"
	"math"

	"github.com/x448/float16"
)

// half reads the IEEE half at the beginning of b. All of its values are float32 values.
func half(b []byte) float32 { return float16.Frombits(binary.LittleEndian.Uint16(b)).Float32() }

// putHalf rounds x to the nearest half, to the even one of two, and writes it at the beginning of b. A NaN keeps its sign alone, as in ggml-impl.h.
func putHalf(b []byte, x float32) {
	h := float16.Fromfloat32(x).Bits()
	if x != x {
		h = h&0x8000 | 0x7e00
	}
	binary.LittleEndian.PutUint16(b, h)
}

// nearest rounds x to the nearest integer, to the even one of two, when its magnitude is at most 4194303: adding 1.5 * 2^23 leaves the integer in the
// low bits of the sum. The conversion keeps a product that x may be from being fused with that. Other numbers, infinities and NaN give what is left there,
// between -4194304 and 4194303.
func nearest(x float32) int32 {
	return int32(math.Float32bits(float32(x)+12582912)&0x007f_ffff) - 0x0040_0000
}

// nearestWithin is nearest, but at least low and at most high.
func nearestWithin(x float32, low, high int32) int32 { return max(low, min(high, nearest(x))) }

// truncated cuts x toward zero to an integer and keeps its low byte, as x86 does: what an int32 cannot hold, infinities and NaN become 0.
func truncated(x float32) int8 {
	if x > -0x1p31 && x < 0x1p31 {
		return int8(int32(x))
	}
	return 0
}

// roundedAway rounds x to the nearest integer, away from zero when two are, and keeps the low byte as truncated does. What is added is the float32 before 0.5:
// 0.5 itself would lift the number before 0.5 to 1.
func roundedAway(x float32) int8 {
	const almostHalf = 0x3eff_ffff
	return truncated(float32(x) + math.Float32frombits(math.Float32bits(x)&(1<<31)|almostHalf))
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// inverse is 1/x, and 0 for 0.
func inverse(x float32) float32 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// largest returns the element of x with the largest magnitude, with its sign; the first of several. NaN is passed over.
func largest(x []float32) (value, magnitude float32) {
	for _, v := range x {
		if a := abs(v); a > magnitude {
			value, magnitude = v, a
		}
	}
	return value, magnitude
}

// bounds returns the least and the largest element of x. NaN is passed over; where there is nothing else, low is the largest float32 and high its negative.
func bounds(x []float32) (low, high float32) {
	low, high = math.MaxFloat32, -math.MaxFloat32
	for _, v := range x {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return low, high
}
