package autograd_test

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/golden"
)

// goldenRecurrence binds recurrent layers.
func goldenRecurrence[T autograd.Float]() map[string]goldenOp[T] {
	bind := func(run func(x *tensor[T], r autograd.Recurrence[T]) *tensor[T]) goldenOp[T] {
		return func(c goldenCase, x []*tensor[T]) *tensor[T] {
			r := recurrence(x)
			r.Reverse = golden.Arg(&c.Args, "reverse", false)
			return run(x[0], r)
		}
	}
	return map[string]goldenOp[T]{
		"rnn_tanh": bind((*tensor[T]).RNNTanh),
		"rnn_relu": bind((*tensor[T]).RNNReLU),
		"gru":      bind((*tensor[T]).GRU),
		"lstm":     bind(lstmAndCell[T]),
	}
}
