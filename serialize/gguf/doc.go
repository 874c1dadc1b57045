// Package gguf reads and writes the GGUF format of ggml and llama.cpp: metadata of typed keys and values, and tensors that may be quantized. It imports
// nothing of the engine, and trusts no file.
//
//	f, err := gguf.Open("model.gguf")
//	layers, err := f.Metadata().Int("llama.block_count")
//	w, err := f.Read("blk.0.attn_q.weight")                 // numbers, whatever the type
//	err = gguf.Save("small.gguf", metadata, tensors, gguf.Pure(ggml.Q4_K))
//
// A file begins with magic, version, the number of tensors and the number of keys; then come the metadata, the descriptions of the tensors (name,
// dimensions with the fastest first, type, offset) and, padded to the alignment, the data of one tensor after the other.
//
// # Reading
//
// Versions 2 and 3 are read, whatever their order of bytes. [Open] maps a file into memory and reads its header; a tensor's bytes are seen in place by
// [File.View], and its numbers are read by [File.Read] and, a part at a time, by [File.Decoded]. The files of a split open as one. Types that package ggml
// does not decode are listed, and their bytes can be seen and copied.
//
// What the reference reader refuses (src/gguf.cpp of https://github.com/ggml-org/ggml at d99724f) is refused, with an error that says which rule the file
// breaks, at which byte; so is data that the file does not have, and what it lets pass: dimensions whose product wraps around, bools that are neither 0
// nor 1, keys and names that are no UTF-8, keys of more than 65535 bytes, names with a zero. Only arrays of arrays, which the specification has and ggml
// does not, are read, up to eight levels. No length is believed beyond the bytes that follow it, so memory is bounded by the size of the file; a header
// of more than a gibibyte is refused. What stands between tensors and after the last is passed over: [File.Hidden] tells whether it is more than zeros.
//
// Of a big-endian file plain types are read, and those with blocks that gguf-py's converter knows: Q4_0, Q8_0, Q4_K, Q6_K and MXFP4.
//
// # Writing
//
// The bytes are those of gguf-py and of ggml: version 3, little-endian, keys and tensors in the order given, every tensor padded with zeros, the last one
// too. A file that they wrote is written again byte for byte. A file is replaced as a whole or not at all. [Create] writes a file larger than memory,
// [CreateSplit] a model in files of a given size, and [Save] converts, with ggml's own quantizers.
//
// What keys a model needs is the business of who exports it. llama.cpp wants hyper-parameters to be u32 exactly, though the specification says u64; [Of]
// takes a Go value whose type is the key's.
package gguf
