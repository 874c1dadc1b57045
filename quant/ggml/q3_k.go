package ggml

// A block of Q3_K has 16 sub-blocks of 16 elements of three bits. It is 32 bytes with the third bits, 64 bytes with the other two (twobits.go), 12 bytes with
// a scale of six bits for each sub-block, and a half d. The third bit of element j is bit j/32 of byte j%32, and says that 4 is not subtracted. A value
// is d*(s-32)*(q-4), with q of three bits.

func decodeQ3_K(values []float32, data []byte) {
	third, q, scales := data[:32], data[32:96], data[96:108]
	d := half(data[108:])
	for j := range 16 {
		scale := d * float32(scaleQ3_K(scales, j))
		bytes, shift := twoBits(q, j)
		bits := third[j%2*16 : j%2*16+16]
		x := values[16*j : 16*j+16]
		for l, b := range bytes {
			x[l] = scale * float32(int(b>>shift&3)+int(bits[l]>>(j/2)&1)<<2-4)
		}
	}
}

// scaleQ3_K returns the scale of sub-block j, -32 to 31: four bits are in the low halves of the first 8 bytes, then in the high ones; two are in the last
// 4 bytes, of sub-blocks j, j+4, j+8 and j+12 in one.
func scaleQ3_K(scales []byte, j int) int {
	return (int(scales[j%8]>>(j/8*4)&15) | int(scales[8+j%4]>>(j/4*2)&3)<<4) - 32
}

// putScaleQ3_K writes a scale into bits that are 0.
func putScaleQ3_K(scales []byte, j int, s int32) {
	s += 32
	scales[j%8] |= byte(s&15) << (j / 8 * 4)
	scales[8+j%4] |= byte(s>>4) << (j / 4 * 2)
}

func encodeQ3_K(data []byte, values []float32) {
	var levels [256]byte
	var fitted [16]float32
	for j := range fitted {
		fitted[j] = fitByDescent(levels[16*j:16*j+16], values[16*j:16*j+16])
	}

	third, q, scales := data[:32], data[32:96], data[96:108]
	clear(scales)
	extreme, _ := largest(fitted[:])
	if extreme != 0 {
		inv := -32 / extreme
		for j, s := range fitted {
			putScaleQ3_K(scales, j, max(-32, min(31, int32(int8(nearest(inv*s))))))
		}
		putHalf(data[108:], 1/inv)
	} else {
		putHalf(data[108:], 0)
	}

	d := half(data[108:])
	for j := range 16 {
		requantizeSigned(levels[16*j:16*j+16], values[16*j:16*j+16], d*float32(scaleQ3_K(scales, j)), 4)
	}
	clear(third)
	for j, l := range levels {
		third[j%32] |= l >> 2 << (j / 32)
		levels[j] = l & 3
	}
	packTwoBits(q, levels[:])
}
