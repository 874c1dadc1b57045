package ggml

// Q4_K and Q5_K keep the scales and minima of their 8 sub-blocks as numbers of six bits in 12 bytes: those of sub-blocks 0 to 3 in the low bits of bytes 0 to
// 3 and 4 to 7; of sub-blocks 4 to 7 the low four bits are in bytes 8 to 11, the scale's below the minimum's, and the upper two in the high bits of the others.

// sixBits returns the scale and the minimum of sub-block j. packed: 12 bytes
func sixBits(packed []byte, j int) (scale, minimum byte) {
	if j < 4 {
		return packed[j] & 63, packed[j+4] & 63
	}
	return packed[j+4]&15 | packed[j-4]>>6<<4, packed[j+4]>>4 | packed[j]>>6<<4
}

// putSixBits writes them, for each j from 0 on.
func putSixBits(packed []byte, j int, scale, minimum byte) {
	if j < 4 {
		packed[j], packed[j+4] = scale, minimum
		return
	}
	packed[j+4] = scale&15 | minimum<<4
	packed[j-4] |= scale >> 4 << 6
	packed[j] |= minimum >> 4 << 6
}

// encodeAffine fits levels, scales and minima to the 8 sub-blocks of a block of Q4_K or Q5_K, and writes its first 16 bytes: a half d, a half dmin and the six
// bits. An element's error weighs as much as its magnitude and the root mean square of its sub-block together. levels: 256
func encodeAffine(data []byte, levels []byte, values []float32, search affineSearch) {
	var scales, minima [8]float32
	var weights [32]float32
	for j := range 8 {
		x := values[32*j : 32*j+32]
		rms := rootMeanSquare(x)
		for l, v := range x {
			weights[l] = rms + abs(v)
		}
		scales[j], minima[j] = fitAffine(levels[32*j:32*j+32], x, weights[:], search)
	}

	largestScale, largestMinimum := positiveMost(scales[:]), positiveMost(minima[:])
	var invScale, invMinimum float32
	if largestScale > 0 {
		invScale = 63 / largestScale
	}
	if largestMinimum > 0 {
		invMinimum = 63 / largestMinimum
	}
	packed := data[4:16]
	for j := range 8 {
		putSixBits(packed, j, min(63, byte(nearest(invScale*scales[j]))), min(63, byte(nearest(invMinimum*minima[j]))))
	}
	putHalf(data, largestScale/63)
	putHalf(data[2:], largestMinimum/63)

	d, dmin := half(data), half(data[2:])
	for j := range 8 {
		s, m := sixBits(packed, j)
		requantize(levels[32*j:32*j+32], values[32*j:32*j+32], d*float32(s), float32(dmin*float32(m)), search.levels)
	}
}
