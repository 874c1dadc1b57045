package safetensors

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// BenchmarkHeader measures reading and checking a header; its data is one byte per tensor.
func BenchmarkHeader(b *testing.B) {
	for _, n := range []int{1, 1_000, 100_000} {
		tensors := make([]dtype.Tensor, n)
		for i := range tensors {
			tensors[i] = dtype.Tensor{Name: fmt.Sprintf("model.layers.%d.self_attn.q_proj.weight", i), DType: dtype.U8, Shape: []int{1, 1}, Data: []byte{0}}
		}
		file := writeAll(b, tensors, AsIs)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := NewReader(bytes.NewReader(file), int64(len(file)))
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkWrite measures the reference implementation's case, five tensors of 2 MB, in each dtype.
func BenchmarkWrite(b *testing.B) {
	tensors := make([]dtype.Tensor, 5)
	for i := range tensors {
		tensors[i] = float32s(b, fmt.Sprint(i), 500_000)
	}
	for _, dt := range []dtype.DType{dtype.F32, dtype.BF16, dtype.F16} {
		b.Run(dt.String(), func(b *testing.B) {
			b.SetBytes(10_000_000)
			for b.Loop() {
				require.NoError(b, Write(io.Discard, tensors, dt, Saturate()))
			}
		})
	}
}
