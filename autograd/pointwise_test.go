package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

func TestLinearOfHasTheBitsOfItsTwoOps(t *testing.T) {
	t.Parallel()
	const n, in, out = 37, 65, 33
	functions := map[string]struct {
		points autograd.Pointwise[float32]
		op     func(x *tensor[float32]) *tensor[float32]
	}{
		"gelu":      {autograd.GELUPoints[float32](), (*tensor[float32]).GELU},
		"gelu_tanh": {autograd.GELUTanhPoints[float32](), (*tensor[float32]).GELUTanh},
		"silu":      {autograd.SiLUPoints[float32](), (*tensor[float32]).SiLU},
	}
	for name, f := range functions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := func(compute func(x, w, b *tensor[float32]) *tensor[float32]) (all [][]float32) {
				tape := autograd.NewTape[float32](true)
				x := tape.Leaf("x", normal32(1, n, in).Data(), []int{n, in}, true)
				w := tape.Leaf("w", normal32(2, out, in).Data(), []int{out, in}, true)
				b := tape.Leaf("b", normal32(3, out).Data(), []int{out}, true)
				y := compute(x, w, b)
				tape.Backward(y, normal32(4, n, out).Data())
				return [][]float32{y.Data(), x.TakeGrad(), w.TakeGrad(), b.TakeGrad()}
			}
			two := run(func(x, w, b *tensor[float32]) *tensor[float32] { return f.op(x).Linear(w, b) })
			one := run(func(x, w, b *tensor[float32]) *tensor[float32] { return x.LinearOf(f.points, w, b) })
			assert.Equal(t, two, one)
		})
	}
}
