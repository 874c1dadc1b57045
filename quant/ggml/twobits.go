package ggml

// The low two bits of the elements of Q2_K and Q3_K lie in 64 bytes, 32 for each half of the block: byte l of a half has elements l, l+32, l+64 and l+96
// of it, the first in the lowest bits.

// packTwoBits writes elements of at most 3. q: 64 bytes; levels: 256
func packTwoBits(q, levels []byte) {
	for h := range 2 {
		q, levels := q[32*h:32*h+32], levels[128*h:128*h+128]
		for l := range q {
			q[l] = levels[l] | levels[l+32]<<2 | levels[l+64]<<4 | levels[l+96]<<6
		}
	}
}

// twoBits returns the bytes that hold sub-block j of 16 elements, and how far to the right to shift them.
func twoBits(q []byte, j int) (bytes []byte, shift int) {
	from := j/8*32 + j%2*16
	return q[from : from+16], j % 8 / 2 * 2
}
