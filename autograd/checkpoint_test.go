package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestAMirrorsGradientGathersInWhatItShows(t *testing.T) {
	t.Parallel()
	outer, inner := autograd.NewTape[float64](true), autograd.NewTape[float64](true)
	w := outer.Leaf("w", []float64{3}, []int{1}, true)
	x := w.MulScalar(2)
	y := autograd.New(x.Shape(), x, w)
	y.Data()[0] = 6 * 6 * 3
	y.Record("x² w", func(dy []float64) {
		inner.Reset()
		x, w := inner.Mirror(x), inner.Mirror(w)
		require.Equal(t, "w", w.Name())
		inner.Backward(x.Mul(x).Mul(w), dy)
	})
	outer.Backward(y.Add(x), nil)
	require.Equal(t, []float64{2*6*3*2 + 36 + 2}, w.TakeGrad())
}

func TestAMirrorOfWhatWantsNoGradientWantsNone(t *testing.T) {
	t.Parallel()
	outer := autograd.NewTape[float64](true)
	x := outer.Leaf("", []float64{3}, []int{1}, false)
	require.False(t, autograd.NewTape[float64](true).Mirror(x).WantsGrad())
	w := outer.Leaf("", []float64{3}, []int{1}, true)
	require.True(t, autograd.NewTape[float64](true).Mirror(w).WantsGrad())
	require.False(t, autograd.NewTape[float64](false).Mirror(w).WantsGrad())
}

func TestOnlyTensorsOfAnotherTapeHaveMirrors(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float64](true)
	const reason = "autograd: mirror: tensor [1] is a constant or on this tape already: it needs no mirror"
	requireUsageError(t, reason, func() { tape.Mirror(autograd.From([]float64{1}, 1)) })
	requireUsageError(t, reason, func() { tape.Mirror(tape.Leaf("", []float64{1}, []int{1}, true)) })
}
