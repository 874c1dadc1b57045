package ggml

import (
	"encoding/binary"
	"math"

	"github.com/heft-ml/heft/dtype"
)

// decodePlain reads a plain type as package dtype does. It cannot fail: [Decode] has checked the sizes, and float32 is wide enough.
func decodePlain(values []float32, data []byte, dt dtype.DType) {
	t := dtype.Tensor{DType: dt, Shape: []int{len(values)}, Data: data}
	if _, err := t.Float32s(values[:0]); err != nil {
		panic(err)
	}
}

func decodeF32(values []float32, data []byte) { decodePlain(values, data, dtype.F32) }

func encodeF32(data []byte, values []float32) {
	for i, x := range values {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(x))
	}
}

func decodeF16(values []float32, data []byte) { decodePlain(values, data, dtype.F16) }

func encodeF16(data []byte, values []float32) {
	for i, x := range values {
		putHalf(data[2*i:], x)
	}
}

func decodeBF16(values []float32, data []byte) { decodePlain(values, data, dtype.BF16) }

// encodeBF16 rounds to nearest even. A NaN becomes a quiet one.
func encodeBF16(data []byte, values []float32) {
	for i, x := range values {
		u := math.Float32bits(x)
		if x != x {
			u |= 1 << 22
		} else {
			u += 0x7fff + u>>16&1
		}
		binary.LittleEndian.PutUint16(data[2*i:], uint16(u>>16))
	}
}
