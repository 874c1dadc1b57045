package ggml

// A block of Q6_K has 16 sub-blocks of 16 elements of six bits. It is 128 bytes with the low four bits, 64 bytes with the upper two, 16 signed bytes s with the
// scales, and a half d. In each half of the block, with its 64 and its 32 bytes, low bits of elements l and l+64 are in byte l (0 to 63), and upper bits of
// elements l, l+32, l+64 and l+96 in byte l (0 to 31). A value is d*s*(q-32).

func decodeQ6_K(values []float32, data []byte) {
	d := half(data[208:])
	for h := range 2 {
		low, up, scales := data[64*h:64*h+64], data[128+32*h:128+32*h+32], data[192+8*h:192+8*h+8]
		for j, s := range scales { // 16 elements from 16*j on
			scale := d * float32(int8(s))
			l, u := low[j%4*16:j%4*16+16], up[j%2*16:j%2*16+16]
			shift, shiftUp := j/4*4, j/2*2
			x := values[128*h+16*j : 128*h+16*j+16]
			for i := range x {
				x[i] = scale * float32(int(l[i]>>shift&15|u[i]>>shiftUp&3<<4)-32)
			}
		}
	}
}

func encodeQ6_K(data []byte, values []float32) {
	var levels [256]byte
	var fitted [16]float32
	for j := range fitted {
		fitted[j] = fitSymmetric(levels[16*j:16*j+16], values[16*j:16*j+16])
	}
	extreme, magnitude := largest(fitted[:])
	if magnitude < negligible {
		clear(data)
		return
	}

	inv := -128 / extreme
	scales := data[192:208]
	for j, s := range fitted {
		scales[j] = byte(min(127, nearest(inv*s)))
	}
	putHalf(data[208:], 1/inv)
	d := half(data[208:])
	for j, s := range scales {
		requantizeSigned(levels[16*j:16*j+16], values[16*j:16*j+16], d*float32(int8(s)), 32)
	}
	for h := range 2 {
		low, up, levels := data[64*h:64*h+64], data[128+32*h:128+32*h+32], levels[128*h:128*h+128]
		for l := range low {
			low[l] = levels[l]&15 | levels[l+64]<<4
		}
		for l := range up {
			up[l] = levels[l]>>4 | levels[l+32]>>4<<2 | levels[l+64]>>4<<4 | levels[l+96]>>4<<6
		}
	}
}
