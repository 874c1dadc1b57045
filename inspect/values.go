package inspect

import (
	"iter"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// chunk is how many values are looked at together: they stay in the first-level cache.
const chunk = 4096

// chunks yields the values of a tensor of a castable dtype, in order. A slice holds until the next one comes.
func chunks(t dtype.Tensor) iter.Seq[[]float64] {
	return func(yield func([]float64) bool) {
		var values []float64
		for data := range slices.Chunk(t.Data, chunk*t.DType.Bits()/8) {
			part := dtype.Tensor{DType: t.DType, Shape: []int{len(data) * 8 / t.DType.Bits()}, Data: data}
			var err error
			if values, err = part.Float64s(values[:0]); err != nil {
				panic(err) // the shape is made to fit, and the dtype is castable: a slip in this file
			}
			if !yield(values) {
				return
			}
		}
	}
}
