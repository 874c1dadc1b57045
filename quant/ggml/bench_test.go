package ggml_test

import (
	"testing"

	"github.com/heft-ml/heft/quant/ggml"
)

// Bytes per second are those of the float32.

func BenchmarkEncode(b *testing.B) {
	x := normals(1, 1<<18)
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		data := make([]byte, len(x)/typ.BlockSize()*typ.BlockBytes())
		b.Run(typ.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				_ = ggml.Encode(data, typ, x)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	x := make([]float32, 1<<18)
	for i, typ := range typesThat(ggml.Type.CanDecode) {
		data := anyBytes(i, len(x)/typ.BlockSize()*typ.BlockBytes())
		b.Run(typ.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				_ = ggml.Decode(x, typ, data)
			}
		})
	}
}
