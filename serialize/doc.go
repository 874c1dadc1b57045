// Package serialize is the one interface over weight files: what a file holds, whatever its format.
//
//	f, err := serialize.Open("model.gguf")
//	for _, t := range f.Tensors() { fmt.Println(t.Name, t.Type, t.Shape) }
//	w, err := f.Read("fc.weight")
//
// A format is recognised by the content of the file, never by its name. [Formats] lists them; each has a package of its own, which knows more of it:
// serialize/safetensors, serialize/gguf, serialize/torchfile, serialize/npz.
//
// # Many files, and folders
//
// A model in many files opens as one [File]: by its index (model.safetensors.index.json, pytorch_model.bin.index.json), or by any part of a GGUF split.
// [OpenFolder] opens the folder of a model, as the transformers library and the Hugging Face Hub have them and as heft train leaves them.
//
// # Cost
//
// Opening reads headers; a tensor's bytes are looked at when asked for, in place where the system maps files, so a file may be larger than memory.
// [Create] writes one tensor after the other, [CreateShards] a model in files of a given size.
package serialize
