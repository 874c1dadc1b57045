package ggml

import "encoding/binary"

// A block of Q5_0 is a half d, a word of 32 bits whose bit j is the fifth bit of element j, and 16 bytes with the other four as in Q4_0. A value is
// d*(q-16).

func decodeQ5_0(values []float32, data []byte) {
	d := half(data)
	fifth := binary.LittleEndian.Uint32(data[2:])
	q := data[6:22]
	low, high := values[:16], values[16:32]
	for j, b := range q {
		low[j] = float32(int(b&15)|int(fifth>>j&1)<<4-16) * d
		high[j] = float32(int(b>>4)|int(fifth>>(j+16)&1)<<4-16) * d
	}
}

// encodeQ5_0 chooses d so that the element of the largest magnitude is -16.
func encodeQ5_0(data []byte, values []float32) {
	extreme, _ := largest(values)
	d := extreme / -16
	inv := inverse(d)
	putHalf(data, d)
	q := data[6:22]
	low, high := values[:16], values[16:32]
	var fifth uint32
	for j := range q {
		a := byte(min(31, truncated(float32(low[j]*inv)+16.5)))
		b := byte(min(31, truncated(float32(high[j]*inv)+16.5)))
		q[j] = a&15 | b<<4
		fifth |= uint32(a>>4&1)<<j | uint32(b>>4&1)<<(j+16)
	}
	binary.LittleEndian.PutUint32(data[2:], fifth)
}
