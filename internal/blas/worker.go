package blas

// worker computes pieces of a product, one after another, in memory of its own.
type worker struct {
	tile   tile
	a, b   []float32 // packed panels
	c      []float32 // transposed result
	strips []strip   // being copied

	p            *product
	item         int // of the batch
	m, n         interval
	panels       blocks // of rows: those of one tile
	width        int    // columns of a tile
	packA, packB bool
	sizeA        int  // elements from one packed panel of A to the next
	keptA        bool // whether all of them are packed for this block of k

	turned product         // the transposed product that a piece is computed as
	shared product         // of a caller, for all who compute it
	share  func(piece int) // computes a piece of it on a worker that is free
}

// idle holds the workers that nobody has.
var idle freeList[worker]

func takeWorker() *worker {
	if w := idle.take(); w != nil {
		return w
	}
	w := new(worker)
	w.share = func(piece int) {
		other := takeWorker()
		other.piece(&w.shared, piece)
		idle.give(other)
	}
	return w
}

// piece computes one of the pieces of p.
func (w *worker) piece(p *product, i int) {
	cells := p.rows.count * p.columns.count
	if p.count*cells == 1 {
		w.multiply(p, 0, interval{0, p.m}, interval{0, p.n})
		return
	}
	var units blocks
	units.cut(p.count*cells, p.pieces, 1)
	mine := units.block(0, i)
	for u := mine.lo; u < mine.hi; u++ {
		item, cell := u/cells, u%cells
		w.multiply(p, item, p.rows.block(0, cell/p.columns.count), p.columns.block(0, cell%p.columns.count))
	}
}
