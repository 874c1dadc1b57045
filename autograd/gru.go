package autograd

import (
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// GRU runs gated recurrent units (Cho et al. 2014) through time, in PyTorch's form, where the reset gate r acts on the
// product with the state:
//
//	[r z] = σ(WeightIH x[t] + BiasIH + WeightHH y[t-1] + BiasHH), their rows of the weights
//	g = tanh(WeightIH x[t] + BiasIH + r (WeightHH y[t-1] + BiasHH)), the last rows
//	y[t] = (1 - z) g + z y[t-1]
//
// The state after the last step is y's last one, or its first one with Reverse.
//
//	x [t, n, in], y [t, n, h]
func (x *Tensor[T]) GRU(r Recurrence[T]) *Tensor[T] {
	const gates = 3
	if r.C0 != nil {
		x.mismatch("gru", "C0 is for an LSTM", r.C0)
	}
	s := &gru[T]{}
	s.begin("gru", x, r, gates)
	s.added = s.y.Save(len(s.sums))
	s.project(dataOf(r.BiasIH))
	forth := s.forth
	for i := range s.steps {
		s.step(i)
		s.multiplyState(s.at(s.added, s.width), 0, dataOf(r.BiasHH))
		parallel.Run(s.pieces, forth)
	}
	return s.y.Record("gru", func(dy []T) {
		s.beginBackward(dy, s.width+s.h)
		back := s.back
		for i := s.steps - 1; i >= 0; i-- {
			s.step(i)
			parallel.Run(s.pieces, back)
			s.stateGradient(1)
		}
		s.finish()
	})
}

type gru[T Float] struct {
	scan[T]
	added []T // what the state adds to the sums, [t, n, 3 h]
}

func dataOf[T Float](x *Tensor[T]) []T {
	if x == nil {
		return nil
	}
	return x.data
}

// forth makes gates of the step's sums, and computes the state, for the rows of a piece.
func (s *gru[T]) forth(piece int) {
	w := s.width
	sums, added, before, y := s.at(s.sums, w), s.at(s.added, w), s.before(s.y.data, s.h0), s.at(s.y.data, s.h)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		simd.GRU(s.gate(sums, w, r, 0), s.gate(sums, w, r, 1), s.gate(sums, w, r, 2),
			s.gate(added, w, r, 0), s.gate(added, w, r, 1), s.gate(added, w, r, 2),
			s.gate(before, s.h, r, 0), s.gate(y, s.h, r, 0))
	}
}

// back computes the gradients of the step's sums, those of what the state adds to the last gate beside them, and what of
// the state's goes past the gates, for the rows of a piece.
func (s *gru[T]) back(piece int) {
	w := s.width
	gates, added, before := s.at(s.sums, w), s.at(s.added, w), s.before(s.y.data, s.h0)
	d, dy := s.at(s.dsums, s.wide), s.at(s.dy, s.h)
	lo, hi := s.rows(piece)
	for r := lo; r < hi; r++ {
		simd.GRUBackward(s.gate(d, s.wide, r, 0), s.gate(d, s.wide, r, 1), s.gate(d, s.wide, r, 2), s.gate(d, s.wide, r, 3),
			s.gate(s.dh, s.h, r, 0), s.gate(dy, s.h, r, 0),
			s.gate(gates, w, r, 0), s.gate(gates, w, r, 1), s.gate(gates, w, r, 2), s.gate(added, w, r, 2),
			s.gate(before, s.h, r, 0))
	}
}
