package autograd

import "github.com/heft-ml/heft/internal/blas"

// Recurrence is what a recurrent op computes with beside its input: a state of h features, and gates, whose rows of the
// weights lie one after another, as in PyTorch. Sequences have their time first, [t, n, ...]: the rows of a step lie
// together.
type Recurrence[T Float] struct {
	WeightIH, WeightHH *Tensor[T] // [gates h, in], [gates h, h]
	BiasIH, BiasHH     *Tensor[T] // [gates h] each, or nil
	H0                 *Tensor[T] // the state before the first step, [n, h]; nil: zeros
	C0                 *Tensor[T] // the cell before the first step of an LSTM, [n, h]; nil: zeros
	Reverse            bool       // steps are computed from the last to the first
}

// scan is one run of a recurrent op through time.
//
// sums are first x WIHᵀ with the biases, a product of all steps at once. Each step adds the state's part and makes of its
// sums what the op keeps. On the way back each step writes the gradient of its sums to dsums, from which follow those of
// weights and input, again for all steps at once.
type scan[T Float] struct {
	Recurrence[T]
	x, y        *Tensor[T]
	steps, n, h int
	width       int // of the sums of a row: gates h
	pieces      int // that the rows of a step are cut into
	now         int // the step under way
	h0          []T // [n, h]
	sums        []T // [t, n, width]

	weight []T // WeightHH as the steps multiply with it
	turn   blas.Transpose
	ldb    int

	dy    []T
	dh    []T // what the steps computed after this one want of the state, [n, h]
	dsums []T // [t, n, wide]
	wide  int // width, or h more, where the state's part of the last gate has a gradient of its own
}

// Steps of fewer than grain values are not worth a helper. From preparedSteps on, WeightHH is prepared for the products.
const (
	recurrentGrain  = 4096
	recurrentPieces = 16
	preparedSteps   = 8
)

// begin checks the shapes, and makes y and what the steps need.
func (s *scan[T]) begin(op string, x *Tensor[T], r Recurrence[T], gates int) {
	r.check(op, x, gates)
	s.Recurrence, s.x = r, x
	s.steps, s.n, s.width = x.shape[0], x.shape[1], r.WeightIH.shape[0]
	s.h = s.width / gates
	s.pieces = max(1, min(s.n, s.n*s.h/recurrentGrain, recurrentPieces))
	shape := [3]int{s.steps, s.n, s.h}
	s.y = New(shape[:], x, r.WeightIH, r.WeightHH, r.BiasIH, r.BiasHH, r.H0, r.C0)
	s.h0 = s.start(r.H0)
	s.sums = s.y.Save(s.steps * s.n * s.width)
	s.prepare()
}

// check panics unless the shapes fit.
func (r *Recurrence[T]) check(op string, x *Tensor[T], gates int) {
	if len(x.shape) != 3 || x.shape[0] < 1 {
		x.mismatch(op, "the input must be [t, n, in] with at least one step")
	}
	w := r.WeightIH
	if len(w.shape) != 2 || w.shape[1] != x.shape[2] || w.shape[0]%gates != 0 {
		x.mismatch(op, "WeightIH must be [gates h, in] with in the last axis of x", w)
	}
	width := w.shape[0]
	h := width / gates
	if !sameShape(r.WeightHH.shape, []int{width, h}) {
		w.mismatch(op, "WeightHH must be [gates h, h] with the rows of WeightIH", r.WeightHH)
	}
	for _, b := range []*Tensor[T]{r.BiasIH, r.BiasHH} {
		if b != nil && !sameShape(b.shape, []int{width}) {
			w.mismatch(op, "a bias must be [gates h]", b)
		}
	}
	for _, state := range []*Tensor[T]{r.H0, r.C0} {
		if state != nil && !sameShape(state.shape, []int{x.shape[1], h}) {
			x.mismatch(op, "the state before the first step must be [n, h]", r.WeightHH, state)
		}
	}
}

// start is the data of a state before the first step.
func (s *scan[T]) start(state *Tensor[T]) []T {
	if state != nil {
		return state.data
	}
	zeros := s.y.Save(s.n * s.h)
	clear(zeros)
	return zeros
}

// prepare lays WeightHH out for products of few rows, if there are enough of them.
func (s *scan[T]) prepare() {
	w := s.WeightHH.data
	s.weight, s.turn, s.ldb = w, blas.Trans, max(1, s.h)
	if s.steps >= preparedSteps {
		length, ldb := blas.PreparedLen(s.width, s.h)
		s.weight, s.turn, s.ldb = s.y.Temp(length), blas.NoTrans, ldb
		blas.Prepare(s.weight, w, s.width, s.h)
	}
}

// project computes the input's part of all sums, and adds a bias or none.
func (s *scan[T]) project(bias []T) {
	s.y.tape.multiply(blas.Args[T]{
		TransB: blas.Trans, M: s.steps * s.n, N: s.width, K: s.x.shape[2], A: s.x.data, B: s.WeightIH.data, C: s.sums, Bias: bias,
	})
}

// bias is both biases together, or nil.
func (s *scan[T]) bias() []T {
	switch a, b := s.BiasIH, s.BiasHH; {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return b.data
	case b == nil:
		return a.data
	}
	sum := s.y.Temp(s.width)
	for i, v := range s.BiasIH.data {
		sum[i] = v + s.BiasHH.data[i]
	}
	return sum
}

// step makes the i-th step in the order of computing the one under way.
func (s *scan[T]) step(i int) {
	s.now = i
	if s.Reverse {
		s.now = s.steps - 1 - i
	}
}

// multiplyState computes the state's part of the step's sums, with a bias, or added to what dst holds.
func (s *scan[T]) multiplyState(dst []T, beta T, bias []T) {
	s.y.tape.gemm(&blas.Args[T]{
		TransB: s.turn, M: s.n, N: s.width, K: s.h, Alpha: 1, A: s.before(s.y.data, s.h0), LDA: max(1, s.h),
		B: s.weight, LDB: s.ldb, Beta: beta, C: dst, LDC: max(1, s.width), Bias: bias,
	})
}

// at is what the step under way has of m [t, n, c].
func (s *scan[T]) at(m []T, c int) []T { return m[s.now*s.n*c:][:s.n*c] }

// before is what the step computed before the one under way has of m [t, n, h], or start for the first.
func (s *scan[T]) before(m, start []T) []T {
	at := s.now - 1
	if s.Reverse {
		at = s.now + 1
	}
	if at < 0 || at == s.steps {
		return start
	}
	return m[at*s.n*s.h:][:s.n*s.h]
}

// rows is the piece's part of the rows of a step.
func (s *scan[T]) rows(piece int) (lo, hi int) {
	return s.n * piece / s.pieces, s.n * (piece + 1) / s.pieces
}

// gate is gate i of row r of m, whose rows have so many values.
func (s *scan[T]) gate(m []T, wide, r, i int) []T { return m[r*wide+i*s.h:][:s.h] }
