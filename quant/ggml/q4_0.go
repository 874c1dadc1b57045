package ggml

// A block of Q4_0 is a half d and 16 bytes: element j has the low four bits of byte j, element j+16 the high ones. A value is d*(q-8).

func decodeQ4_0(values []float32, data []byte) {
	d := half(data)
	q := data[2:18]
	low, high := values[:16], values[16:32]
	for j, b := range q {
		low[j] = float32(int(b&15)-8) * d
		high[j] = float32(int(b>>4)-8) * d
	}
}

// encodeQ4_0 chooses d so that the element of the largest magnitude is -8, the end that has no counterpart.
func encodeQ4_0(data []byte, values []float32) {
	extreme, _ := largest(values)
	d := extreme / -8
	inv := inverse(d)
	putHalf(data, d)
	q := data[2:18]
	low, high := values[:16], values[16:32]
	for j := range q {
		a := byte(min(15, truncated(float32(low[j]*inv)+8.5)))
		b := byte(min(15, truncated(float32(high[j]*inv)+8.5)))
		q[j] = a | b<<4
	}
}
