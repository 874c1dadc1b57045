package convert

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
)

// target says what a tensor becomes under its new name: numbers of a format, or blocks of a Type, whose DType is 0. Nothing after it
// decides that: gguf.WriteTensor writes what it says.
func target(in Source, info dtype.Info, newName string, o Options) (dtype.Info, error) {
	switch {
	case info.DType != 0 && !info.DType.Arithmetic() && !slices.Contains(noPlace[o.Format], info.DType): // codes, or what the new format refuses
		return sized(info, info.DType)
	case info.DType == 0 && o.As == nil && o.DType == 0 && in.Format() == o.Format: // blocks
		return info, nil
	}
	numbers := info
	if info.DType == 0 {
		decoded, err := in.Decoded(info.Name)
		if err != nil {
			return info, err
		}
		numbers = decoded.Info
	}
	if o.As != nil {
		numbers.Name = newName
		return chosen(info, o.As(numbers))
	}
	to := cmp.Or(o.DType, numbers.DType)
	if slices.Contains(noPlace[o.Format], to) {
		return info, &NoPlaceError{info.Name, to, o.Format}
	}
	return sized(info, to)
}

// sized returns a tensor as numbers of a format.
func sized(info dtype.Info, to dtype.DType) (dtype.Info, error) {
	size, err := dtype.ByteSize(to, info.Shape)
	info.DType, info.Type, info.Bytes = to, to.String(), size
	return info, err
}

// chosen returns a tensor as what [Options].As says. Blocks that cannot be made can stay.
func chosen(info dtype.Info, to ggml.Type) (dtype.Info, error) {
	if to.DType() == 0 && !to.CanEncode() && to.String() != info.Type {
		return info, &ggml.UnsupportedError{Type: to, Verb: "written"}
	}
	size, err := to.Size(int64(info.NumElements()))
	info.DType, info.Type, info.Bytes = to.DType(), to.String(), size
	return info, err
}

// noPlace are floats that a format has no place for. They become what [Options].DType says, as wider floats do.
var noPlace = map[serialize.Format][]dtype.DType{
	serialize.GGUF: {dtype.F8E4M3, dtype.F8E5M2},
	serialize.NPZ:  {dtype.BF16, dtype.F8E4M3, dtype.F8E5M2},
	serialize.NPY:  {dtype.BF16, dtype.F8E4M3, dtype.F8E5M2},
}

// NoPlaceError says that the new format has no place for floats of a number format. Another [Options].DType has one.
type NoPlaceError struct {
	Tensor string
	DType  dtype.DType
	Format serialize.Format
}

// Error names the tensor.
func (e *NoPlaceError) Error() string {
	return fmt.Sprintf("tensor %.100q: %s has no place for %v: choose another number format for floats, as F32", e.Tensor, e.Format, e.DType)
}
