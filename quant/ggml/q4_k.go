package ggml

// A block of Q4_K has 8 sub-blocks of 32 elements of four bits. It is a half d, a half dmin, 12 bytes with a scale s and a minimum m for each sub-block
// (sixbits.go), and 32 bytes for each pair of sub-blocks, the elements of the first in the low bits. A value is d*s*q - dmin*m.

func decodeQ4_K(values []float32, data []byte) {
	d, dmin := half(data), half(data[2:])
	scales, q := data[4:16], data[16:144]
	for j := range 8 {
		s, m := sixBits(scales, j)
		scale, offset := d*float32(s), float32(dmin*float32(m))
		shift := j % 2 * 4
		x := values[32*j : 32*j+32]
		for l, b := range q[j/2*32 : j/2*32+32] {
			x[l] = float32(scale*float32(b>>shift&15)) - offset
		}
	}
}

func encodeQ4_K(data []byte, values []float32) {
	var levels [256]byte
	encodeAffine(data, levels[:], values, affineSearch{levels: 15, from: -1, steps: 20})
	q := data[16:144]
	for i := range q {
		at := i/32*64 + i%32
		q[i] = levels[at] | levels[at+32]<<4
	}
}
