package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestSumLiesWhereNobodyNeedsTheTerm(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x, z := leaf(tape, 1, 2), leaf(tape, 3, 4).MulScalar(2)
	at := &z.Data()[0]
	y := x.AddOnto(z)
	assert.Same(t, at, &y.Data()[0])
	assert.Equal(t, []float32{7, 10}, y.Data())
	assert.Panics(t, func() { z.Data() }, "its values are gone")
	assert.Panics(t, func() { z.Exp() })
	assert.Panics(t, func() { x.AddOnto(z) })
}

func TestTermThatIsNeededStays(t *testing.T) {
	t.Parallel()
	terms := map[string]func(x *tensor[float32]) (term *tensor[float32]){
		"a leaf":                 func(x *tensor[float32]) *tensor[float32] { return x },
		"needed on the way back": func(x *tensor[float32]) *tensor[float32] { return x.Exp() },
		"an input of another op": func(x *tensor[float32]) *tensor[float32] {
			z := x.MulScalar(2)
			z.Exp()
			return z
		},
		"the base of a view": func(x *tensor[float32]) *tensor[float32] {
			z := x.MulScalar(2)
			z.Reshape(1, 2)
			return z
		},
		"detached": func(x *tensor[float32]) *tensor[float32] {
			z := x.MulScalar(2)
			z.Detach()
			return z
		},
		"a constant": func(*tensor[float32]) *tensor[float32] { return autograd.From([]float32{3, 4}, 2).MulScalar(2) },
	}
	for name, term := range terms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tape := autograd.NewTape[float32](true)
			x, z := leaf(tape, 1, 2), term(leaf(tape, 3, 4))
			before := append([]float32(nil), z.Data()...)
			y := x.AddOnto(z)
			require.Equal(t, before, z.Data())
			assert.NotSame(t, &z.Data()[0], &y.Data()[0])
			assert.Equal(t, x.Add(z).Data(), y.Data())
		})
	}
}

func TestSumOfATensorWithItselfIsTwice(t *testing.T) {
	t.Parallel()
	z := leaf(autograd.NewTape[float32](true), 3, 4).MulScalar(2)
	assert.Equal(t, []float32{12, 16}, z.AddOnto(z).Data())
}
