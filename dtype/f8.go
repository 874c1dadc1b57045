package dtype

import "math"

// f8 is how an 8-bit float is rounded from a float32, in the terms of round.go: magnitudes are float32 bits without the sign.
type f8 struct {
	fraction uint    // stored bits of the significand
	bias     uint32  // of the exponent
	magic    float32 // its last bit weighs what the smallest subnormal does
	overflow uint32  // the smallest magnitude that is too large
	beyond   byte    // what such a magnitude becomes: an infinity, or NaN in a format that has none
	nan      byte    // the quiet NaN without payload
}

// The formats are those of "FP8 Formats for Deep Learning" (arXiv:2209.05433), table 1. Results are PyTorch's, but for NaN's payload, and where a cast
// to F8_E4M3 there clamps.
var (
	e5m2 = f8{fraction: 2, bias: 15, magic: 0x1p7, overflow: math.Float32bits(61440), beyond: 0x7c, nan: 0x7e}
	e4m3 = f8{fraction: 3, bias: 7, magic: 0x1p14, overflow: math.Float32bits(464) + 1, beyond: 0x7f, nan: 0x7f}
)

// fromBits rounds the float32 with bits u. See halfFromBits.
func (f *f8) fromBits(u uint32) byte {
	sign := byte(u >> 24 & 0x80)
	u &= magnitudeMask
	shift := 23 - f.fraction
	switch {
	case u > infinity32:
		return sign | f.nan | byte(u>>shift)&(1<<f.fraction-1)
	case u >= f.overflow:
		return sign | f.beyond
	case u < (128-f.bias)<<23: // below the smallest normal number
		return sign | byte(math.Float32bits(math.Float32frombits(u)+f.magic)-math.Float32bits(f.magic))
	}
	u -= (127 - f.bias) << 23
	return sign | byte((u+1<<(shift-1)-1+u>>shift&1)>>shift)
}

// toBits returns the bits of the float32 that equals the code.
func (f *f8) toBits(code byte) uint32 {
	sign, magnitude := uint32(code&0x80)<<24, code&0x7f
	switch {
	case magnitude > f.beyond || magnitude == f.nan:
		return sign | infinity32 | quiet32 | uint32(magnitude)<<(23-f.fraction)&0x007f_ffff
	case magnitude == f.beyond:
		return sign | infinity32
	case magnitude < 1<<f.fraction: // subnormal or zero
		return sign | math.Float32bits(float32(magnitude)*float32(math.Ldexp(1, 1-int(f.bias)-int(f.fraction))))
	}
	return sign | uint32(magnitude)<<(23-f.fraction) + (127-f.bias)<<23
}

// table lists the float32 of every code.
func (f *f8) table() *[256]float32 {
	var t [256]float32
	for code := range t {
		t[code] = math.Float32frombits(f.toBits(byte(code)))
	}
	return &t
}

var e5m2Values, e4m3Values = e5m2.table(), e4m3.table()

func (f *f8) encode(dst []byte, src []float32) {
	for i, x := range src {
		dst[i] = f.fromBits(math.Float32bits(x))
	}
}

func decodeTable(dst []float32, src []byte, values *[256]float32) {
	for i, code := range src[:len(dst)] {
		dst[i] = values[code]
	}
}
