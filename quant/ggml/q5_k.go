package ggml

// A block of Q5_K is one of Q4_K with 32 bytes of fifth bits before its elements: bit j of byte l is of element l of sub-block j.

func decodeQ5_K(values []float32, data []byte) {
	d, dmin := half(data), half(data[2:])
	scales, fifth, q := data[4:16], data[16:48], data[48:176]
	for j := range 8 {
		s, m := sixBits(scales, j)
		scale, offset := d*float32(s), float32(dmin*float32(m))
		shift := j % 2 * 4
		x := values[32*j : 32*j+32]
		for l, b := range q[j/2*32 : j/2*32+32] {
			x[l] = float32(scale*float32(b>>shift&15|fifth[l]>>j&1<<4)) - offset
		}
	}
}

func encodeQ5_K(data []byte, values []float32) {
	var levels [256]byte
	encodeAffine(data, levels[:], values, affineSearch{levels: 31, from: -0.5, steps: 15})
	fifth, q := data[16:48], data[48:176]
	clear(fifth)
	for i, l := range levels {
		fifth[i%32] |= l >> 4 << (i / 32)
	}
	for i := range q {
		at := i/32*64 + i%32
		q[i] = levels[at]&15 | levels[at+32]<<4
	}
}
