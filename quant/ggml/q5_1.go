package ggml

import "encoding/binary"

// A block of Q5_1 is a half d, a half m, and fifth bits and bytes as in Q5_0. A value is d*q + m.

func decodeQ5_1(values []float32, data []byte) {
	d, m := half(data), half(data[2:])
	fifth := binary.LittleEndian.Uint32(data[4:])
	q := data[8:24]
	low, high := values[:16], values[16:32]
	for j, b := range q {
		low[j] = float32(float32(int(b&15)|int(fifth>>j&1)<<4)*d) + m
		high[j] = float32(float32(int(b>>4)|int(fifth>>(j+16)&1)<<4)*d) + m
	}
}

// encodeQ5_1 spreads 0 to 31 from the least element to the largest.
func encodeQ5_1(data []byte, values []float32) {
	least, most := bounds(values)
	d := (most - least) / 31
	inv := inverse(d)
	putHalf(data, d)
	putHalf(data[2:], least)
	q := data[8:24]
	low, high := values[:16], values[16:32]
	var fifth uint32
	for j := range q {
		a := byte(truncated(float32((low[j]-least)*inv) + 0.5))
		b := byte(truncated(float32((high[j]-least)*inv) + 0.5))
		q[j] = a&15 | b<<4
		fifth |= uint32(a>>4&1)<<j | uint32(b>>4&1)<<(j+16)
	}
	binary.LittleEndian.PutUint32(data[4:], fifth)
}
