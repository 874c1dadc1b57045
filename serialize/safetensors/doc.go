// Package safetensors reads and writes the safetensors format (https://github.com/huggingface/safetensors): names, dtypes, shapes and bytes behind a
// JSON header. It imports neither the engine nor any JSON package, and trusts no file.
//
//	err := safetensors.Save("model.safetensors", tensors, dtype.BF16)
//	tensors, metadata, err := safetensors.Load("model.safetensors")
//
// A file begins with the header's length, 8 bytes little-endian; then comes the header, then the data of the tensors without gaps:
//
//	{"__metadata__":{"format":"pt"},"fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}
//
// # Writing
//
// The bytes are those of the reference implementation: tensors by descending dtype, then by name, so that each is aligned; compact JSON, padded with
// spaces to a multiple of 8. Metadata keys are sorted, so that equal content gives equal files; [KeepOrder] keeps the order of a file that was opened
// instead. A file is replaced as a whole or not at all. [Create] writes a file larger than memory.
//
// # Reading
//
// [Open] maps a file into memory and reads its header; a tensor is seen in place by [File.View], and copied by [File.Read] and [File.ReadSlice]. A model
// in many files opens by its index with serialize.Open.
//
// Everything that the reference implementation rejects is rejected, in the same order of checks, with an error of a [Kind] of the same name. The
// header is read more strictly: names, fields and metadata keys that come twice, and tensors described by JSON arrays, are rejected too. So is a dimension
// that no int holds, even beside a zero. Only a dtype that is not known is accepted: its bytes can be seen and copied. Memory is bounded by the size of
// the file, whatever its header claims.
package safetensors
