package gguf

import (
	"slices"

	"github.com/heft-ml/heft/quant/ggml"
)

// halves has, for types with blocks, where in a block the halves stand whose bytes a big-endian file has the other way round. These are the types that
// gguf-py's gguf_convert_endian.py knows; of others nobody has said what they look like.
var halves = map[ggml.Type][]int{
	ggml.Q4_0:  {0},
	ggml.Q8_0:  {0},
	ggml.Q4_K:  {0, 2},
	ggml.Q6_K:  {208},
	ggml.MXFP4: nil,
	ggml.NVFP4: nil,
}

// orderKnown tells whether a big-endian file's tensors of type t can be read.
func orderKnown(t ggml.Type) bool {
	_, known := halves[t]
	return known || t.DType() != 0
}

// swap turns big-endian blocks, or elements of a plain type, into little-endian ones.
func swap(data []byte, t ggml.Type) {
	block := t.BlockBytes()
	at := halves[t]
	for i := 0; i < len(data); i += block {
		if t.DType() != 0 {
			slices.Reverse(data[i : i+block])
			continue
		}
		for _, j := range at {
			data[i+j], data[i+j+1] = data[i+j+1], data[i+j]
		}
	}
}
