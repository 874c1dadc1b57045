package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Embedding looks rows up in the table x. A row looked up twice gathers both gradients.
// It panics with a [*UsageError] that names the position of an id out of range.
//
//	x [v, c], ids [...], y [..., c]
func (x *Tensor[T]) Embedding(ids Labels) *Tensor[T] {
	if len(x.shape) != 2 {
		x.mismatch("embedding", "the table must be [v, c]")
	}
	ids.check("embedding")
	ids.within("embedding", x.shape[0])
	c := x.shape[1]
	y := New(append(slices.Clone(ids.Shape), c), x)
	y.loose = true
	simd.Embedding(y.data, x.data, ids.Data, c)
	return y.Record("embedding", func(dy []T) { simd.EmbeddingBackward(x.Grad(), dy, ids.Data, c) })
}
