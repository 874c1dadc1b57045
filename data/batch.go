package data

import (
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/autograd"
)

// Batch is some samples of a set, with their labels or their targets; or some windows of a text, with what follows.
type Batch struct {
	X      *Tensor         // nil of a text.  [b, ...]
	IDs    autograd.Labels // tokens of a text; else the zero Labels.  [b, t]
	Y      autograd.Labels // the zero Labels in regression.  [b], or of a text the tokens that follow, [b, t]
	Target *Tensor         // nil in classification.  [b, ...]
}

// Len returns how many samples or windows there are, b.
func (b Batch) Len() int {
	if b.X == nil {
		return b.IDs.Shape[0]
	}
	return b.X.Dim(0)
}

// Batches returns one run over the set, an epoch, in batches of size samples; the last one holds what is left.
// With a random source the samples come in an order freshly drawn from it each time the run is started;
// with nil they come in the order of the set.
//
// A BATCH IS VALID UNTIL THE NEXT ONE. All batches of a run are copied into the same memory, so what must outlive an
// iteration has to be copied. Writing a batch changes nothing in the set. A run may be left at any time, and two runs
// share nothing but r, which serves one goroutine at a time.
//
// Batches panics with an [*ArgumentError] if size is not at least 1.
func (s *Set) Batches(size int, r *rand.Rand) iter.Seq[Batch] {
	argument(size >= 1, "Batches", "size", size, "at least 1")
	return func(yield func(Batch) bool) {
		rows := s.rows()
		if r != nil {
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		buf := newBuffer(s, min(size, len(rows)))
		for part := range slices.Chunk(rows, size) {
			if !yield(buf.fill(s, part)) {
				return
			}
		}
	}
}

// rows returns the number of every row, in order.
func (s *Set) rows() []int {
	rows := make([]int, s.Len())
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// buffer is memory for some rows of a set.
type buffer struct {
	x, target []float32
	y         []int32
}

func newBuffer(s *Set, rows int) *buffer {
	b := &buffer{x: make([]float32, rows*width(s.X))}
	if s.Target != nil {
		b.target = make([]float32, rows*width(s.Target))
	} else {
		b.y = make([]int32, rows)
	}
	return b
}

// fill copies rows of s into the buffer and returns them as tensors over its memory.
func (b *buffer) fill(s *Set, rows []int) Batch {
	batch := Batch{X: gatherRows(b.x, s.X, rows)}
	if s.Target != nil {
		batch.Target = gatherRows(b.target, s.Target, rows)
	} else {
		y := b.y[:len(rows)]
		for i, row := range rows {
			y[i] = s.Y.Data[row]
		}
		batch.Y = autograd.LabelsOf(y)
	}
	return batch
}

// gatherRows copies rows of x to the start of dst and returns them as a tensor there.  x: [n, ...], result: [b, ...]
func gatherRows(dst []float32, x *Tensor, rows []int) *Tensor {
	w, src := width(x), x.Data()
	for i, row := range rows {
		copy(dst[i*w:(i+1)*w], src[row*w:])
	}
	shape := slices.Clone(x.Shape())
	shape[0] = len(rows)
	return autograd.From(dst[:len(rows)*w], shape...)
}
