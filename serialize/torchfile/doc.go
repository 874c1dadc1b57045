// Package torchfile reads and writes the files of torch.save: .pt, .pth, .bin. Such a file is a pickle, a program that Python runs to make objects, beside
// the bytes of tensors. This package runs nothing: it follows the instructions that state dicts need, builds plain values of them, and refuses everything else.
//
//	f, err := torchfile.Open("model.pt")
//	for _, t := range f.Tensors() { ... }
//	w, err := f.Read("fc.weight")
//	err = torchfile.Save("copy.pt", []dtype.Tensor{w})
//
// # Containers
//
// Recognised by content: the zip of PyTorch 1.6 and later, and the stacked pickles of 0.1.10 to 1.5. TorchScript archives, the tar of 0.1.9 and whole pickled
// modules are refused with a message that says what to do. The zip is held to one meaning: one folder, no two names that differ in case alone, no overlaps,
// no flags of encryption, the header before the data equal to the directory, every storage exactly as long as it is said to be. Deflated entries, which
// PyTorch does not write, are read.
//
// # Pickles
//
// Protocols 2 to 5. Names are matched against a table that has the names of torch.load(weights_only=True) (torch/_weights_only_unpickler.py) and no others; a
// refusal says which name was asked for, and at which byte. Of instructions there are those of that reader, and those that protocols 4 and 5 add for
// data. Lists alone are appended to, dicts alone have items set, what follows the end is refused. Memory and time are bounded by the length of the pickle, names by
// the length of the file.
//
// # Names
//
// A tensor's name is the keys and places that lead to it, joined by dots: "fc.weight" in a state dict, "model.fc.weight" and "optimizer.state.0.exp_avg" in a
// checkpoint that nests them. Other values have names alike and are listed by [File.Objects]; a list or tuple that holds neither tensors nor dicts is one
// value, and so is an attribute of a state dict as _metadata. A tensor that was saved by itself is called "tensor". Names that come twice are refused.
//
// # Data
//
// Views keep their strides: [File.View] shows the file's bytes in place when a tensor is contiguous and little-endian, and a row-major copy when not.
// [File.Placement] tells how PyTorch held a tensor, and so which ones share a storage. Tensors that repeat the elements of a small storage are
// read only up to a limit, and so are those that share storages over and over. Of a sparse tensor the parts are listed; quantized ones, complex128 and the like are listed and their bytes shown, but
// not read as numbers.
//
// # Scanning
//
// [Scan] lists every name that the pickles of a file mention, with a verdict, in files that [Open] refuses as well.
package torchfile
