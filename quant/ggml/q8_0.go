package ggml

// A block of Q8_0 is a half d and 32 signed bytes. A value is d*q.

func decodeQ8_0(values []float32, data []byte) {
	d := half(data)
	q := data[2:34]
	values = values[:32]
	for j, b := range q {
		values[j] = float32(int8(b)) * d
	}
}

// encodeQ8_0 chooses d so that the largest magnitude is 127.
func encodeQ8_0(data []byte, values []float32) {
	var most float32
	for _, v := range values {
		if a := abs(v); !(most > a) { // of equal ones, and of NaN, the later
			most = a
		}
	}
	d := most / 127
	inv := inverse(d)
	putHalf(data, d)
	q := data[2:34]
	values = values[:32]
	for j := range q {
		q[j] = byte(roundedAway(values[j] * inv))
	}
}
