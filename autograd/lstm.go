package autograd

import (
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// LSTM runs long short-term memory (Hochreiter & Schmidhuber 1997; with the forget gate of Gers et al. 2000) through
// time. The gates are, in PyTorch's order,
//
//	[i f g o] = [σ σ tanh σ](WeightIH x[t] + BiasIH + WeightHH y[t-1] + BiasHH)
//	c[t] = f c[t-1] + i g
//	y[t] = o tanh(c[t])
//
// cn is the cell after the last step. The state then is y's last one, or its first one with Reverse.
//
//	x [t, n, in], y [t, n, h], cn [n, h]
func (x *Tensor[T]) LSTM(r Recurrence[T]) (y, cn *Tensor[T]) {
	const gates = 4
	s := &lstm[T]{}
	s.begin("lstm", x, r, gates)
	s.c0 = s.start(r.C0)
	s.cells, s.dcn = s.y.Save(s.steps*s.n*s.h), s.y.Save(s.n*s.h)
	s.project(s.bias())
	forth := s.forth
	for i := range s.steps {
		s.step(i)
		s.multiplyState(s.at(s.sums, s.width), 1, nil)
		parallel.Run(s.pieces, forth)
	}
	y = s.y.Record("lstm", s.backward)
	shape := [2]int{s.n, s.h}
	cn = New(shape[:], y)
	copy(cn.data, s.at(s.cells, s.h))
	return y, cn.Record("lstm_cell", func(dcn []T) {
		copy(s.dcn, dcn)
		s.cellWanted = true
		y.Grad() // the way back from y must be gone, if only for the cell
	})
}

type lstm[T Float] struct {
	scan[T]
	c0, cells  []T // [n, h], [t, n, h]
	dcn, dc    []T // the gradient of the last cell, and of the one that the steps have come to; [n, h]
	cellWanted bool
}

func (s *lstm[T]) backward(dy []T) {
	s.beginBackward(dy, s.width)
	s.dc = s.y.Temp(s.n * s.h)
	clear(s.dc)
	if s.cellWanted {
		copy(s.dc, s.dcn)
		s.cellWanted = false
	}
	back := s.back
	for i := s.steps - 1; i >= 0; i-- {
		s.step(i)
		parallel.Run(s.pieces, back)
		s.stateGradient(0)
	}
	if s.C0 != nil {
		s.C0.AddGrad(s.dc)
	}
	s.finish()
}

// forth makes gates of the step's sums, and computes cell and state, for the rows of a piece.
func (s *lstm[T]) forth(piece int) {
	w := s.width
	sums, before, cells, y := s.at(s.sums, w), s.before(s.cells, s.c0), s.at(s.cells, s.h), s.at(s.y.data, s.h)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		simd.LSTM(s.gate(sums, w, r, 0), s.gate(sums, w, r, 1), s.gate(sums, w, r, 2), s.gate(sums, w, r, 3),
			s.gate(before, s.h, r, 0), s.gate(cells, s.h, r, 0), s.gate(y, s.h, r, 0))
	}
}

// back computes the gradients of the step's sums and of the cell before, for the rows of a piece.
func (s *lstm[T]) back(piece int) {
	w := s.width
	gates, before, cells := s.at(s.sums, w), s.before(s.cells, s.c0), s.at(s.cells, s.h)
	d, dy := s.at(s.dsums, w), s.at(s.dy, s.h)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		simd.LSTMBackward(s.gate(d, w, r, 0), s.gate(d, w, r, 1), s.gate(d, w, r, 2), s.gate(d, w, r, 3),
			s.gate(s.dc, s.h, r, 0), s.gate(dy, s.h, r, 0), s.gate(s.dh, s.h, r, 0),
			s.gate(gates, w, r, 0), s.gate(gates, w, r, 1), s.gate(gates, w, r, 2), s.gate(gates, w, r, 3),
			s.gate(before, s.h, r, 0), s.gate(cells, s.h, r, 0))
	}
}
