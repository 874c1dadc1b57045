package convert

import (
	"fmt"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

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
