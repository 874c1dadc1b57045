package ggml

import (
	"encoding/binary"
	"math"
)

// decodeQ8_K reads a block that ggml makes of activations, not of weights: a float32 d, 256 signed bytes q, and 16 sums of theirs, which are not needed.
// A value is d*q.
func decodeQ8_K(values []float32, data []byte) {
	d := math.Float32frombits(binary.LittleEndian.Uint32(data))
	values = values[:256]
	for j, b := range data[4:260] {
		values[j] = d * float32(int8(b))
	}
}
