package autograd

import (
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// RNNTanh runs a recurrent layer of Elman's (1990) through time:
//
//	y[t] = tanh(WeightIH x[t] + BiasIH + WeightHH y[t-1] + BiasHH)
//
// The state after the last step is y's last one, or its first one with Reverse.
//
//	x [t, n, in], y [t, n, h]
func (x *Tensor[T]) RNNTanh(r Recurrence[T]) *Tensor[T] {
	return (&rnn[T]{}).run("rnn_tanh", x, r)
}

// RNNReLU is [Tensor.RNNTanh] with max(·, 0) in place of tanh.
func (x *Tensor[T]) RNNReLU(r Recurrence[T]) *Tensor[T] {
	return (&rnn[T]{relu: true}).run("rnn_relu", x, r)
}

type rnn[T Float] struct {
	scan[T]
	relu bool
}

func (s *rnn[T]) run(op string, x *Tensor[T], r Recurrence[T]) *Tensor[T] {
	if r.C0 != nil {
		x.mismatch(op, "C0 is for an LSTM", r.C0)
	}
	s.begin(op, x, r, 1)
	s.project(s.bias())
	forth := s.forth
	for i := range s.steps {
		s.step(i)
		s.multiplyState(s.at(s.sums, s.width), 1, nil)
		parallel.Run(s.pieces, forth)
	}
	return s.y.Record(op, func(dy []T) {
		s.beginBackward(dy, s.width)
		back := s.back
		for i := s.steps - 1; i >= 0; i-- {
			s.step(i)
			parallel.Run(s.pieces, back)
			s.stateGradient(0)
		}
		s.finish()
	})
}

// forth computes the step's state from its sums, for the rows of a piece.
func (s *rnn[T]) forth(piece int) {
	sums, y := s.at(s.sums, s.width), s.at(s.y.data, s.h)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		if s.relu {
			simd.ReLU(s.gate(y, s.h, r, 0), s.gate(sums, s.width, r, 0))
		} else {
			simd.Tanh(s.gate(y, s.h, r, 0), s.gate(sums, s.width, r, 0))
		}
	}
}

// back computes the gradient of the step's sums, for the rows of a piece.
func (s *rnn[T]) back(piece int) {
	sums, y, dy, dsums := s.at(s.sums, s.width), s.at(s.y.data, s.h), s.at(s.dy, s.h), s.at(s.dsums, s.wide)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		dh, d := s.gate(s.dh, s.h, r, 0), s.gate(dsums, s.wide, r, 0)
		simd.Add(dh, dh, s.gate(dy, s.h, r, 0))
		if s.relu {
			simd.ReLUBackward(d, 0, dh, s.gate(y, s.h, r, 0))
		} else {
			simd.TanhBackward(d, 0, dh, s.gate(sums, s.width, r, 0))
		}
	}
}
