// Package ggml holds the number formats of GGUF files: their names and sizes, and the conversion between them and float32.
//
// Most of them store a row of weights in blocks. A block of 32 elements (Q4_0 ... Q8_0) has a scale of its own, and each
// element a small integer; a block of 256 (Q2_K ... Q6_K) is cut into sub-blocks whose scales are small integers, too.
//
//	data := make([]byte, size)                 // size, err := ggml.Q4_K.Size(int64(len(values)))
//	err = ggml.Encode(data, ggml.Q4_K, values) // whole blocks
//	err = ggml.Decode(values, ggml.Q4_K, data)
//
// Multi-byte fields are little-endian. Elements are those of one row after the other; blocks never cross rows.
//
// # Specification
//
// Layouts are those of src/ggml-common.h, and values those of src/ggml-quants.c (dequantize_row_*, quantize_row_*_ref) of
// https://github.com/ggml-org/ggml at d99724f. The same bits come out, for every input without NaN: blocks written here are those
// that llama-quantize writes without an importance matrix. To hold that on every processor,
//
//   - all arithmetic is float32, in the order that ggml has;
//   - every product that is added to something is written float32(x*y)+z, which forbids Go to fuse the two on processors
//     where it would (arm64, ppc64le, s390x, riscv64, and amd64 with GOAMD64=v3). ggml built with fused arithmetic differs from
//     itself without in up to one block of sixty (Q6_K); what is matched here is the baseline x86-64 build;
//   - a float becomes an integer by functions of this package, since Go leaves to the processor what a float too large becomes.
//
// # Numbers that are no numbers
//
// Blocks have no code for NaN or infinity, and [Encode] does what ggml does: a NaN becomes some finite number; an infinity
// makes NaN and infinities of its whole block, and zeros of its sub-block in Q3_K and Q6_K. Scales are halves, so weights far
// above 65504 become infinite, too. A program that writes files should refuse such values first. [Decode] makes NaN or
// infinity where a scale is one. Neither ever fails or panics on account of values.
package ggml
