package dtype

import "math"

// Bit patterns of magnitudes (float32 without its sign) that the conversions compare with.
const (
	magnitudeMask   = 0x7fff_ffff
	infinity32      = 0x7f80_0000
	quiet32         = 0x0040_0000 // the bit that makes a float32 NaN quiet
	halfOverflow32  = 0x477f_f000 // 65520, half way from F16's largest finite number to 65536: rounds to infinity
	halfNormal32    = 0x3880_0000 // 2^-14, the smallest normal number of F16
	halfMagic32     = 0x3f00_0000 // 0.5, whose last bit weighs 2^-24, as F16's subnormals do
	halfExponentGap = (127 - 15) << 23
)

// halfFromBits rounds the float32 with bits u to F16. The idea of letting one float addition round the subnormals is Fabian Giesen's
// (https://gist.github.com/rygorous/2156668, float_to_half_fast3_rtne).
func halfFromBits(u uint32) uint16 {
	sign := uint16(u >> 16 & 0x8000)
	u &= magnitudeMask
	if u > infinity32 {
		return sign | 0x7e00 | uint16(u>>13)&0x3ff
	}
	if u < halfNormal32 {
		return sign | uint16(math.Float32bits(math.Float32frombits(u)+0.5)-halfMagic32)
	}
	u = min(u, halfOverflow32)
	return sign | uint16((u-halfExponentGap+0xfff+u>>13&1)>>13) // the last bit, when odd, gives a tie to its neighbour
}

// halfToBits returns the bits of the float32 that equals the F16 h.
func halfToBits(h uint16) uint32 {
	sign := uint32(h&0x8000) << 16
	u := uint32(h&0x7fff) << 13
	switch {
	case u > 0x7c00<<13:
		return sign | infinity32 | quiet32 | u&0x007f_ffff
	case u == 0x7c00<<13:
		return sign | infinity32
	case u < 0x0400<<13: // subnormal or zero: h counts steps of 2^-24
		return sign | math.Float32bits(float32(h&0x7fff)*0x1p-24)
	}
	return sign | (u + halfExponentGap)
}

// bfloatFromBits rounds the float32 with bits u to BF16, its upper half.
func bfloatFromBits(u uint32) uint16 {
	if u&magnitudeMask > infinity32 {
		return uint16((u | quiet32) >> 16)
	}
	odd := u >> 16 & 1
	return uint16((u + 0x7fff + odd) >> 16)
}

// bfloatToBits returns the bits of the float32 that equals the BF16 b: its own, of a NaN that signals too, as in PyTorch and ggml.
func bfloatToBits(b uint16) uint32 { return uint32(b) << 16 }

// narrow64 rounds x to float32 to nearest even, as Go's conversion does; a NaN keeps its sign and upper payload and becomes quiet on every processor.
func narrow64(x float64) float32 {
	if x != x {
		return math.Float32frombits(nan32(math.Float64bits(x)))
	}
	return float32(x)
}

// oddFrom64 rounds x to float32 so that a second rounding, to F16 or BF16, gives what rounding x once would: an inexact result is cut toward zero
// and its last bit is set ("rounding to odd", Boldo and Melquiond, doi:10.1109/TC.2007.70819). A finite x stays finite.
func oddFrom64(x float64) float32 {
	y := narrow64(x)
	if float64(y) == x || x != x {
		return y
	}
	u := math.Float32bits(y)
	if math.Abs(float64(y)) > math.Abs(x) {
		u-- // the next float32 toward zero: from infinity, the largest finite one
	}
	return math.Float32frombits(u | 1)
}

// nan32 returns the bits of the quiet float32 NaN that keeps the sign and the upper payload of the float64 NaN with bits u.
func nan32(u uint64) uint32 {
	return uint32(u>>63)<<31 | infinity32 | quiet32 | uint32(u>>29)&0x007f_ffff
}
