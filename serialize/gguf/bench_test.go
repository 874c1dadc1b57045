package gguf

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// BenchmarkHeader measures reading and checking a header; its data is one byte per tensor. Of tokens there are as many as a tokenizer has.
func BenchmarkHeader(b *testing.B) {
	tokens := make([]string, 50_000)
	for i := range tokens {
		tokens[i] = fmt.Sprintf("Ġtoken%d", i)
	}
	for name, c := range map[string]struct {
		m Metadata
		n int
	}{"1": {nil, 1}, "1000": {nil, 1_000}, "100000": {nil, 100_000}, "tokens": {Metadata{{"tokenizer.ggml.tokens", ArrayOf(tokens)}}, 1}} {
		tensors := make([]dtype.Tensor, c.n)
		for i := range tensors {
			tensors[i] = dtype.Tensor{Name: fmt.Sprintf("model.layers.%d.self_attn.q_proj.weight", i), DType: dtype.I8, Shape: []int{1, 1}, Data: []byte{0}}
		}
		file := written(b, c.m, tensors, only(ggml.I8))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := NewReader(bytes.NewReader(file), int64(len(file)))
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkWrite measures converting 4 million numbers while they are written.
func BenchmarkWrite(b *testing.B) {
	tensors := []dtype.Tensor{wave(b, "weight", 2048, 2048)}
	for _, to := range []ggml.Type{ggml.F32, ggml.BF16, ggml.Q8_0, ggml.Q4_0, ggml.Q4_K} {
		b.Run(to.String(), func(b *testing.B) {
			b.SetBytes(4 * 2048 * 2048)
			for b.Loop() {
				require.NoError(b, Write(io.Discard, nil, tensors, only(to)))
			}
		})
	}
}
