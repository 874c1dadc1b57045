package autograd_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestDropoutKeepsTheShareAndTheMean(t *testing.T) {
	t.Parallel()
	const n, p = 100_000, 0.3
	y := autograd.From(ones(n), n).Dropout(p, fixedRand())
	kept := 0
	for _, v := range y.Data() {
		if v != 0 {
			require.Equal(t, float32(1/(1-p)), v)
			kept++
		}
	}
	const sigma = 0.00145 // sqrt(p (1-p) / n)
	assert.InDelta(t, 1-p, float64(kept)/n, 4*sigma)
	assert.InDelta(t, 1, y.Mean().Item(), 4*sigma/(1-p))
}

func TestDropoutGradientUsesTheSameElements(t *testing.T) {
	t.Parallel()
	x := make([]float32, 100)
	for i := range x {
		x[i] = float32(i + 1)
	}
	y, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.Dropout(0.5, fixedRand()) }, x...)
	for i := range x {
		require.Equal(t, y[i], x[i]*dx[i])
	}
}

func TestDropoutDependsOnItsSourceAlone(t *testing.T) {
	t.Parallel()
	x := autograd.From(ones(1000), 1000)
	first := x.Dropout(0.5, rand.New(rand.NewPCG(1, 2))).Data()
	requireSame(t, first, x.Dropout(0.5, rand.New(rand.NewPCG(1, 2))).Data())
	assert.NotEqual(t, first, x.Dropout(0.5, rand.New(rand.NewPCG(1, 3))).Data())
	r, same := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	x.Dropout(0.5, r)
	same.Uint64()
	require.Equal(t, same.Uint64(), r.Uint64(), "one word is drawn")
}

func TestDropoutAtTheEndsOfItsRange(t *testing.T) {
	t.Parallel()
	x := of(1, -2, 3)
	require.Same(t, x, x.Dropout(0, nil))
	y, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.Dropout(1, fixedRand()) }, 1, 2, inf32, nan32)
	requireSame(t, []float32{0, 0, nan32, nan32}, y)
	requireSame(t, []float32{0, 0, 0, 0}, dx)
	requireUsageError(t, "autograd: dropout: the probability must be from 0 to 1, not -0.1", func() { x.Dropout(-0.1, fixedRand()) })
	requireUsageError(t, "autograd: dropout: the probability must be from 0 to 1, not 1.5", func() { x.Dropout(1.5, fixedRand()) })
	requireUsageError(t, "autograd: dropout: the probability must be from 0 to 1, not NaN", func() { x.Dropout(nan, fixedRand()) })
	requireUsageError(t, "autograd: dropout: p = 0.5 needs a source of randomness", func() { x.Dropout(0.5, nil) })
}
