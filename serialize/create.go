package serialize

import (
	"fmt"
	"io"
	"math"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/npz"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// creator writes a file of one format.
type creator func(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error

// Create writes a weight file without holding it in memory, as a whole or not at all. It asks content for the bytes of one tensor after the other: content
// writes the elements of info.Name to w in the format info.DType, little-endian and row-major, or blocks of info.Type where that is 0. Of the infos, Name,
// Shape, and DType or Type count; content may be called in another order than theirs. To convert what f holds:
//
//	err := serialize.Create(path, serialize.GGUF, infos, f.Metadata(), serialize.Content(f))
//
// A path may be that of a file that content reads: it is replaced when all is read, but for Windows, which refuses to replace a file that is open. A format
// without a place for metadata refuses it with a [*MetadataError], as does GGUF of a value that none of its types holds. Safetensors keeps texts alone: other
// values become JSON, which Metadata of the opened file turns back. Safetensors adds "format": "pt", which other libraries ask for, where m has no format.
// Nothing is written when there is an error; the others are those of the format's package, content's and the disk's. A format that is none of [Formats]
// panics.
func Create(path string, to Format, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	for _, f := range table() {
		if f.Format == to {
			return f.create(path, infos, m, content)
		}
	}
	panic(fmt.Errorf("serialize.Create: format %.100q is none of Formats", string(to)))
}

// Content writes tensors of f as [Create] asks for them, in little memory: in the format info.DType, or where that is 0 as blocks of info.Type, which
// [gguf.WriteTensor] makes unless the file has them. Values too large for the format are a [dtype.OverflowError], before which a part may have been written.
func Content(f File) func(info dtype.Info, w io.Writer) error {
	return func(info dtype.Info, w io.Writer) error {
		return gguf.WriteTensor(w, f, info.Name, info, dtype.Refuse)
	}
}

// MetadataError says that a format cannot hold a key of metadata.
type MetadataError struct {
	Format Format
	Key    string
	Detail string
}

// Error names the format and the key.
func (e *MetadataError) Error() string {
	return fmt.Sprintf("%s: metadata %.100q: %s", e.Format, e.Key, e.Detail)
}

// noMetadata refuses metadata for a format that has no place for it.
func noMetadata(to Format, m Metadata) error {
	if len(m) == 0 {
		return nil
	}
	return &MetadataError{to, m[0].Key, "the format has no place for metadata: leave it out"}
}

func createSafetensors(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	texts, err := textMetadata(m)
	if err != nil {
		return err
	}
	return safetensors.Create(path, infos, content, safetensors.Metadata(texts))
}

func createGGUF(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	typed, err := ggufMetadata(m)
	if err != nil {
		return err
	}
	return gguf.Create(path, typed, infos, content)
}

// ggufMetadata gives values the types of GGUF.
func ggufMetadata(m Metadata) (gguf.Metadata, error) {
	var typed gguf.Metadata
	for _, kv := range m {
		v, ok := ggufValue(kv.Value)
		if !ok {
			return nil, &MetadataError{GGUF, kv.Key, fmt.Sprintf("no type of GGUF holds a %T", kv.Value)}
		}
		typed = append(typed, gguf.KV{Key: kv.Key, Value: v})
	}
	return typed, nil
}

func createTorch(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	if err := noMetadata(PyTorch, m); err != nil {
		return err
	}
	return torchfile.Create(path, infos, content)
}

func createNPZ(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	if err := noMetadata(NPZ, m); err != nil {
		return err
	}
	return npz.Create(path, infos, content)
}

func createNPY(path string, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) error {
	if err := noMetadata(NPY, m); err != nil {
		return err
	}
	if len(infos) != 1 {
		return fmt.Errorf("a .npy holds one tensor, not %d: choose one, or write a .npz", len(infos))
	}
	return npz.CreateArray(path, infos[0], content)
}

// ggufValue returns a value of the type that it has in Go; an int is the smallest of i32 and i64 that holds it.
func ggufValue(v any) (gguf.Value, bool) {
	switch v := v.(type) {
	case int:
		if v >= math.MinInt32 && v <= math.MaxInt32 {
			return gguf.Of(int32(v)), true
		}
		return gguf.Of(int64(v)), true
	case []any: // an array of arrays
		inner := make([]gguf.Value, len(v))
		for i, element := range v {
			value, ok := ggufValue(element)
			if !ok || value.Type() != gguf.Array {
				return gguf.Value{}, false
			}
			inner[i] = value
		}
		return gguf.ArrayOfArrays(inner), true
	}
	for _, convert := range ggufTypes {
		if value, ok := convert(v); ok {
			return value, true
		}
	}
	return gguf.Value{}, false
}

// ggufTypes make values of what has one of their types in Go.
var ggufTypes = []func(v any) (gguf.Value, bool){
	scalarOrArray[uint8], scalarOrArray[int8], scalarOrArray[uint16], scalarOrArray[int16], scalarOrArray[uint32], scalarOrArray[int32],
	scalarOrArray[float32], scalarOrArray[bool], scalarOrArray[string], scalarOrArray[uint64], scalarOrArray[int64], scalarOrArray[float64],
}

func scalarOrArray[T gguf.Scalar](v any) (gguf.Value, bool) {
	switch v := v.(type) {
	case T:
		return gguf.Of(v), true
	case []T:
		return gguf.ArrayOf(v), true
	}
	return gguf.Value{}, false
}
