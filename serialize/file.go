package serialize

import (
	"fmt"

	"github.com/heft-ml/heft/dtype"
)

// Format is a format of weight files, by name.
type Format string

// The formats.
const (
	Safetensors Format = "safetensors"
	GGUF        Format = "gguf"
	PyTorch     Format = "pytorch" // .pt, .pth, .bin
	NPZ         Format = "npz"
	NPY         Format = "npy"
)

// File is an open weight file, or a set of them as one. It trusts nothing of what it reads, and may be used by several goroutines. Errors are those of
// the format's own package.
type File interface {
	// Format says what the file is; of a set, what its first file is.
	Format() Format
	// Tensors describes the tensors in the file's order. One whose format Heft does not compute with has DType 0, and its Type is the file's spelling:
	// blocks of GGUF, complex128 of NumPy. The result is the caller's.
	Tensors() []dtype.Info
	// Metadata returns what the file has beside tensors; of a set, that of the first file that has some. The result is the caller's.
	Metadata() Metadata
	// View calls see with the bytes of a tensor, little-endian and row-major; blocks are as the file has them. see must neither keep nor change them, nor
	// hand them to other goroutines, nor close the File.
	View(name string, see func(data []byte) error) error
	// Stored returns a tensor whose bytes, as View shows them, are looked at a part at a time. It serves until the File is closed.
	Stored(name string) (dtype.Stored, error)
	// Decoded returns a tensor as numbers, to be looked at a part at a time: as Stored does, and blocks as F32. A tensor that has no numbers is an error.
	Decoded(name string) (dtype.Stored, error)
	// Read reads a tensor as numbers, blocks as F32. A tensor that has no numbers is an error.
	Read(name string) (dtype.Tensor, error)
	// Close closes the file, and waits for those who look at it.
	Close() error
}

// Metadata is keys and values in the file's order.
type Metadata []KV

// KV is a key of a file's metadata and its value, which encoding/json can write but for floats that are not finite: a text, a number, a bool, or a slice of
// such values. Texts come from strangers: they may hold control characters.
type KV struct {
	Key   string
	Value any
}

// Value returns the value of a key. ok is false when there is no such key.
func (m Metadata) Value(key string) (v any, ok bool) {
	for _, kv := range m {
		if kv.Key == key {
			return kv.Value, true
		}
	}
	return nil, false
}

// noNumbers is the error of Decoded for a tensor whose elements Heft does not know.
func noNumbers(info dtype.Info) error {
	return fmt.Errorf("tensor %.100q: its elements are %.100q, which Heft does not compute with: look at their bytes instead", info.Name, info.Type)
}
