package gguf

import (
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// Pure returns a choice of types as llama-quantize --pure makes it (llama-quant.cpp): matrices whose names end with "weight" get type t, but for norms,
// positions, types of tokens and gates of experts. Rows that are no whole blocks of t get the next type that fits, F16 in the end. What ggml
// has as an integer stays, and everything else becomes F32, as llama.cpp wants biases and norms.
func Pure(t ggml.Type) func(info dtype.Info) ggml.Type {
	return func(info dtype.Info) ggml.Type {
		own, ok := ggml.Of(info.DType)
		switch {
		case ok && !info.DType.Arithmetic():
			return own
		case !quantized(info):
			return ggml.F32
		}
		return fitting(t, info.Shape[len(info.Shape)-1])
	}
}

// kept are ends of the names of matrices that are small, or in which every bit matters.
var kept = []string{"_norm.weight", "ffn_gate_inp.weight", "position_embd.weight", "token_types.weight"}

func quantized(info dtype.Info) bool {
	shape := info.Shape
	for len(shape) > 0 && shape[0] == 1 { // ggml counts dimensions without these
		shape = shape[1:]
	}
	return len(shape) >= 2 && strings.HasSuffix(info.Name, "weight") &&
		!slices.ContainsFunc(kept, func(end string) bool { return strings.HasSuffix(info.Name, end) })
}

// coarser is what llama-quantize takes for a type whose blocks do not fit the rows.
var coarser = map[ggml.Type]ggml.Type{
	ggml.Q2_K: ggml.Q4_0, ggml.Q3_K: ggml.Q4_0, ggml.Q4_K: ggml.Q5_0, ggml.Q5_K: ggml.Q5_1, ggml.Q6_K: ggml.Q8_0,
}

// fitting returns t, or the next type whose blocks fit rows of n elements.
func fitting(t ggml.Type, n int) ggml.Type {
	for t.BlockSize() > 0 && n%t.BlockSize() != 0 {
		next, ok := coarser[t]
		if !ok {
			return ggml.F16
		}
		t = next
	}
	return t
}
