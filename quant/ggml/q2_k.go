package ggml

// A block of Q2_K has 16 sub-blocks of 16 elements of two bits. It is 16 bytes with each sub-block's scale s in the low and minimum m in the high four bits, 64
// bytes of elements (twobits.go), a half d and a half dmin. A value is d*s*q - dmin*m.

func decodeQ2_K(values []float32, data []byte) {
	scales, q := data[:16], data[16:80]
	d, dmin := half(data[80:]), half(data[82:])
	for j, s := range scales {
		scale, offset := d*float32(s&15), float32(dmin*float32(s>>4))
		bytes, shift := twoBits(q, j)
		x := values[16*j : 16*j+16]
		for l, b := range bytes {
			x[l] = float32(scale*float32(b>>shift&3)) - offset
		}
	}
}

// encodeQ2_K weighs an element's error with its magnitude.
func encodeQ2_K(data []byte, values []float32) {
	var levels [256]byte
	var scales, offsets [16]float32
	var weights [16]float32
	for j := range 16 {
		x := values[16*j : 16*j+16]
		for l, v := range x {
			weights[l] = abs(v)
		}
		scales[j], offsets[j] = fitAffine(levels[16*j:16*j+16], x, weights[:], affineSearch{levels: 3, from: -0.5, steps: 15, absolute: true})
	}

	packed, q := data[:16], data[16:80]
	clear(packed)
	largestScale, largestOffset := positiveMost(scales[:]), positiveMost(offsets[:])
	if largestScale > 0 {
		inv := 15 / largestScale
		for j, s := range scales {
			packed[j] = byte(nearest(inv * s))
		}
	}
	if largestOffset > 0 {
		inv := 15 / largestOffset
		for j, m := range offsets {
			packed[j] |= byte(nearest(inv*m) << 4)
		}
	}
	putHalf(data[80:], largestScale/15)
	putHalf(data[82:], largestOffset/15)

	d, dmin := half(data[80:]), half(data[82:])
	for j, s := range packed {
		requantize(levels[16*j:16*j+16], values[16*j:16*j+16], d*float32(s&15), float32(dmin*float32(s>>4)), 3)
	}
	packTwoBits(q, levels[:])
}
