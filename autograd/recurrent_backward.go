package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

// beginBackward makes what the way back needs. dsums has rows of so many values.
func (s *scan[T]) beginBackward(dy []T, wide int) {
	s.dy, s.wide = dy, wide
	s.dsums = s.y.Temp(s.steps * s.n * wide)
	s.dh = s.y.Temp(s.n * s.h)
	clear(s.dh)
}

// stateGradient computes what the step's sums want of the state before it, or adds it to what dh holds. Nobody asks the
// first step, unless the start has a gradient.
func (s *scan[T]) stateGradient(beta T) {
	if first := s.now == 0 && !s.Reverse || s.now == s.steps-1 && s.Reverse; first && (s.H0 == nil || !s.H0.WantsGrad()) {
		return
	}
	d := s.at(s.dsums, s.wide)
	for i := range s.stateParts() {
		column, row, count := s.statePart(i)
		s.y.tape.gemm(&blas.Args[T]{
			M: s.n, N: s.h, K: count, Alpha: 1, A: tail(d, column), LDA: max(1, s.wide),
			B: s.WeightHH.data[row*s.h:], LDB: max(1, s.h), Beta: beta, C: s.dh, LDC: max(1, s.h),
		})
		beta = 1
	}
}

// stateParts is how many parts of dsums are gradients of what the state adds: one, or two with a gap between.
func (s *scan[T]) stateParts() int {
	if s.wide > s.width {
		return 2
	}
	return 1
}

// statePart returns the first column of a part of dsums, the row of WeightHH that it is for, and how many there are.
func (s *scan[T]) statePart(i int) (column, row, count int) {
	switch {
	case s.wide == s.width:
		return 0, 0, s.width
	case i == 0:
		return 0, 0, s.width - s.h
	}
	return s.width, s.width - s.h, s.h
}

// finish computes the gradients of weights, biases, the state at the start and the input.
func (s *scan[T]) finish() {
	rows := s.steps * s.n
	if dw, beta := s.WeightIH.GradTo(); dw != nil {
		in := s.x.shape[2]
		s.y.tape.gemm(&blas.Args[T]{
			TransA: blas.Trans, M: s.width, N: in, K: rows, Alpha: 1, A: s.dsums, LDA: max(1, s.wide),
			B: s.x.data, LDB: max(1, in), Beta: beta, C: dw, LDC: max(1, in),
		})
	}
	s.finishStateWeight()
	s.finishBiases()
	if s.H0 != nil {
		s.H0.AddGrad(s.dh)
	}
	if dx, beta := s.x.GradTo(); dx != nil {
		in := s.x.shape[2]
		s.y.tape.gemm(&blas.Args[T]{
			M: rows, N: in, K: s.width, Alpha: 1, A: s.dsums, LDA: max(1, s.wide),
			B: s.WeightIH.data, LDB: max(1, in), Beta: beta, C: dx, LDC: max(1, in),
		})
	}
	s.dy, s.dsums, s.dh = nil, nil, nil
}

// finishStateWeight adds up, over the steps, the products with the state before each: at the first that is the start.
func (s *scan[T]) finishStateWeight() {
	dw, beta := s.WeightHH.GradTo()
	if dw == nil {
		return
	}
	if s.steps == 1 && s.H0 == nil && beta == 0 {
		clear(dw)
	}
	s.step(0)
	first, d, y := s.at(s.dsums, s.wide), s.dsums[s.n*s.wide:], s.y.data
	if s.Reverse {
		d, y = s.dsums, s.y.data[s.n*s.h:]
	}
	for i := range s.stateParts() {
		beta := beta
		if s.H0 != nil {
			s.addStateWeight(dw, beta, i, first, s.h0, s.n)
			beta = 1
		}
		if s.steps > 1 {
			s.addStateWeight(dw, beta, i, d, y, (s.steps-1)*s.n)
		}
	}
}

func (s *scan[T]) addStateWeight(dw []T, beta T, part int, d, states []T, rows int) {
	column, row, count := s.statePart(part)
	s.y.tape.gemm(&blas.Args[T]{
		TransA: blas.Trans, M: count, N: s.h, K: rows, Alpha: 1, A: tail(d, column), LDA: max(1, s.wide),
		B: states, LDB: max(1, s.h), Beta: beta, C: dw[row*s.h:], LDC: max(1, s.h),
	})
}

func (s *scan[T]) finishBiases() {
	if s.BiasIH == nil && s.BiasHH == nil {
		return
	}
	total := s.y.Temp(s.wide)
	simd.ColumnSums(total, 0, s.dsums)
	if b := s.BiasIH; b != nil {
		b.AddGrad(total[:s.width])
	}
	if b := s.BiasHH; b != nil {
		copy(total[s.width-s.h:], total[s.wide-s.h:])
		b.AddGrad(total[:s.width])
	}
}

// tail is x[i:], or what there is of it: no rows have no columns.
func tail[T any](x []T, i int) []T { return x[min(i, len(x)):] }
