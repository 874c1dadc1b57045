package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestRecurrentOpsRefuseShapesThatDoNotFit(t *testing.T) {
	t.Parallel()
	zeros := func(shape ...int) *tensor[float64] {
		n := 1
		for _, d := range shape {
			n *= d
		}
		return autograd.From(make([]float64, n), shape...)
	}
	type r = autograd.Recurrence[float64]
	wih, whh := zeros(8, 3), zeros(8, 2)
	for reason, c := range map[string]struct {
		x *tensor[float64]
		r r
	}{
		"the input must be [t, n, in]":      {zeros(4, 3), r{WeightIH: wih, WeightHH: whh}},
		"with at least one step":            {zeros(0, 2, 3), r{WeightIH: wih, WeightHH: whh}},
		"WeightIH must be [gates h, in]":    {zeros(4, 2, 5), r{WeightIH: wih, WeightHH: whh}},
		"with in the last axis of x":        {zeros(4, 2, 3), r{WeightIH: zeros(7, 3), WeightHH: whh}},
		"WeightHH must be [gates h, h]":     {zeros(4, 2, 3), r{WeightIH: wih, WeightHH: zeros(8, 8)}},
		"a bias must be [gates h]":          {zeros(4, 2, 3), r{WeightIH: wih, WeightHH: whh, BiasHH: zeros(2)}},
		"the state before the first step":   {zeros(4, 2, 3), r{WeightIH: wih, WeightHH: whh, H0: zeros(3, 2)}},
		"before the first step must be [n,": {zeros(4, 2, 3), r{WeightIH: wih, WeightHH: whh, C0: zeros(2, 8)}},
	} {
		var e *autograd.ShapeError
		require.ErrorAs(t, autograd.Catch(func() { c.x.LSTM(c.r) }), &e, reason)
		require.Contains(t, e.Reason, reason)
		require.Equal(t, "lstm", e.Op)
	}
	var e *autograd.ShapeError
	err := autograd.Catch(func() { zeros(4, 2, 3).GRU(r{WeightIH: zeros(6, 3), WeightHH: zeros(6, 2), C0: zeros(2, 2)}) })
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Reason, "C0 is for an LSTM")
}

func TestRecurrentOpsOfNoRowsGiveGradientsOfZero(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float64](true)
	leaf := func(shape ...int) *tensor[float64] {
		n := 1
		for _, d := range shape {
			n *= d
		}
		return tape.Leaf("", make([]float64, n), shape, true)
	}
	for gates, run := range map[int]func(x *tensor[float64], r autograd.Recurrence[float64]) *tensor[float64]{
		1: (*tensor[float64]).RNNTanh, 3: (*tensor[float64]).GRU, 4: lstmAndCell[float64],
	} {
		w := leaf(gates*2, 2)
		y := run(leaf(3, 0, 5), autograd.Recurrence[float64]{WeightIH: leaf(gates*2, 5), WeightHH: w, BiasIH: leaf(gates * 2), BiasHH: leaf(gates * 2)})
		require.Zero(t, y.Len())
		tape.Backward(y, []float64{})
		require.Equal(t, make([]float64, gates*4), w.TakeGrad())
	}
}
