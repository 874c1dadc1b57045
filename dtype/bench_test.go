package dtype

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkEncode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, 1<<16)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	for _, dt := range []DType{F16, BF16, F32} {
		data := make([]byte, len(values)*dt.Bits()/8)
		b.Run(dt.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(values)))
			for b.Loop() {
				encode(data, values, dt)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, 1<<16)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	for _, dt := range []DType{F16, BF16, F32} {
		data := make([]byte, len(values)*dt.Bits()/8)
		encode(data, values, dt)
		b.Run(dt.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(values)))
			for b.Loop() {
				decode(values, data, dt)
			}
		})
	}
}
