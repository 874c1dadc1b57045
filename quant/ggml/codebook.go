package ggml

import (
	"encoding/binary"
	"math"
)

// unevenLevels are the values of four bits in IQ4_NL and IQ4_XS (kvalues_iq4nl): close together near 0, where most weights are.
var unevenLevels = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// fp4Levels are twice the values of the four-bit float E2M1 of the OCP Microscaling specification 1.0, table 5. Its -0 is read as 0.
var fp4Levels = [16]float32{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12}

// lookup finds 32 elements in 16 bytes, laid out as in Q4_0, and multiplies them by d.
func lookup(values []float32, q []byte, levels *[16]float32, d float32) {
	low, high := values[:16], values[16:32]
	for j, b := range q[:16] {
		low[j] = levels[b&15] * d
		high[j] = levels[b>>4] * d
	}
}

// A block of IQ4_NL is a half d and 16 bytes as in Q4_0. A value is d times the level that its four bits number.
func decodeIQ4_NL(values []float32, data []byte) { lookup(values, data[2:], &unevenLevels, half(data)) }

// A block of IQ4_XS has 8 sub-blocks of 32 elements as in IQ4_NL. It is a half d, 16 bits with the upper two bits of each sub-block's scale, 4 bytes with the
// lower four, and 128 bytes. A scale is d*(s-32).
func decodeIQ4_XS(values []float32, data []byte) {
	d := half(data)
	upper := binary.LittleEndian.Uint16(data[2:])
	for i := range 8 {
		s := int(data[4+i/2]>>(4*(i%2))&15) | int(upper>>(2*i)&3)<<4
		lookup(values[32*i:], data[8+16*i:], &unevenLevels, d*float32(s-32))
	}
}

// A block of MXFP4 is an exponent e and 16 bytes as in Q4_0. A value is 2^(e-127) times the E2M1 that its four bits are. The exponent 255, NaN in the
// specification, is read as 2^128, as ggml does.
func decodeMXFP4(values []float32, data []byte) {
	e := uint32(data[0])
	d := math.Float32frombits((e - 1) << 23) // 2^(e-128), for fp4Levels are doubled
	if e < 2 {
		d = math.Float32frombits(0x0020_0000 << e) // subnormal
	}
	lookup(values, data[1:], &fp4Levels, d)
}
