// Package convert writes weights files anew: in another format, with other number formats, under other names.
//
//	r, err := convert.File(ctx, in, "model.gguf", convert.Options{Format: serialize.GGUF, DType: dtype.F16})
//
// One piece of one tensor is in memory at a time. The file is written under a hidden name beside its own, read back and
// compared with what was written, and only then takes its name: until then a file of that name stays as it is.
//
// # What becomes of tensors
//
// Floats of 64, 32 and 16 bits are converted when a number format is asked for. Integers, truths and narrower floats may be
// codes that tables or scales go with, and stay. Blocks of GGUF stay blocks in GGUF and become F32 elsewhere, unless a
// number format is asked for. Values too large for it are refused unless [Options].Overflow says otherwise.
//
// # What becomes of metadata
//
// It is taken over by formats with a place for it; [Result].Left has the keys that were left behind. "format" of
// safetensors says which library a file is for, and stays there. What is no text becomes JSON in safetensors,
// and comes back from there as it was.
//
// What a model is beside its weights is the business of package language below.
package convert
