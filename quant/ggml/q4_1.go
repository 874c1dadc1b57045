package ggml

// A block of Q4_1 is a half d, a half m and 16 bytes as in Q4_0. A value is d*q + m.

func decodeQ4_1(values []float32, data []byte) {
	d, m := half(data), half(data[2:])
	q := data[4:20]
	low, high := values[:16], values[16:32]
	for j, b := range q {
		low[j] = float32(float32(b&15)*d) + m
		high[j] = float32(float32(b>>4)*d) + m
	}
}

// encodeQ4_1 spreads 0 to 15 from the least element to the largest.
func encodeQ4_1(data []byte, values []float32) {
	least, most := bounds(values)
	d := (most - least) / 15
	inv := inverse(d)
	putHalf(data, d)
	putHalf(data[2:], least)
	q := data[4:20]
	low, high := values[:16], values[16:32]
	for j := range q {
		a := byte(min(15, truncated(float32((low[j]-least)*inv)+0.5)))
		b := byte(min(15, truncated(float32((high[j]-least)*inv)+0.5)))
		q[j] = a | b<<4
	}
}
