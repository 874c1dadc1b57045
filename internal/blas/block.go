package blas

import "unsafe"

// Sizes of blocks. A panel of A (rows of one tile) stays in the first-level cache, a block of B in the second-level one.
const (
	blockK = 512 // with unitK decides bits: see the package's documentation
	unitK  = 16
	blockN = 384
)

// multiply computes rows m and columns n of one product.
func (w *worker) multiply(p *product, item int, m, n interval) {
	if p.turns(m.len(), n.len()) {
		w.multiplyTurned(p, item, m, n)
		return
	}
	w.p, w.item, w.m, w.n = p, item, m, n
	w.plan()
	var ks, ns blocks
	ks.cutAt(p.k, blockK, unitK)
	ns.cutAt(n.len(), blockN, w.width)
	for i := range ks.count {
		k := ks.block(0, i)
		w.begin(k.len(), i == 0, i == ks.count-1)
		if w.packA {
			w.placeA()
		}
		for j := range ns.count {
			w.block(k, ns.block(n.lo, j))
		}
	}
	w.p = nil
	w.tile.a, w.tile.b, w.tile.c, w.tile.d = nil, nil, nil, nil // keep nothing alive
}

// plan decides what is packed. Packing costs a pass over the operand, and pays when the panel is used often, or when its
// rows lie so that they push each other out of the cache.
func (w *worker) plan() {
	p := w.p
	w.panels.cutAt(w.m.len(), p.set.rows, 1)
	w.width = p.set.columns(w.panels.longest())
	w.packB = p.packsB(w.m.len())
	if p.b.column != 4 {
		w.width = min(w.width, p.set.columns(p.set.rows))
	}
	w.packA = p.packsA(w.n.len())
}

// packsB tells whether pieces of so many rows pack B.
func (p *product) packsB(rows int) bool {
	return p.set.packed || p.b.column != 4 || rows > 8*p.set.rows || rows > p.set.rows && p.k > 32 && aliases(p.b.row)
}

// packsA tells whether pieces of so many columns pack A.
func (p *product) packsA(columns int) bool {
	return p.set.packed || columns > 3*p.set.columns(p.set.rows) && p.awkwardA()
}

// awkwardA tells whether kernels are slow on A as it lies.
func (p *product) awkwardA() bool { return p.set.packed || p.a.column != 4 || aliases(p.a.row) }

// aliases tells whether rows at this distance fall on the same places of a first-level cache.
func aliases(distance uintptr) bool { return (distance+256)%4096 < 512 }

// begin sets what all tiles of a block of k have in common.
func (w *worker) begin(k int, first, last bool) {
	p, t := w.p, &w.tile
	t.k, t.alpha, t.beta, t.mode = (k+p.set.steps-1)/p.set.steps, p.alpha, 1, modeAdd
	t.cRow, t.dRow = p.c.row, p.c.row
	if first {
		t.beta, t.dRow = p.beta, p.d.row
		if !p.add {
			t.mode = 0
		}
	}
	if last && p.relu {
		t.mode |= modeReLU
	}
	t.aRow, t.aStep, t.bStep = p.a.row, p.a.column, p.b.row
}

// block computes the columns n with the steps k.
func (w *worker) block(k, n interval) {
	if w.packB {
		w.packColumns(k, n)
	}
	for i := range w.panels.count {
		m := w.panels.block(w.m.lo, i)
		if w.packA {
			w.packRows(k, m, i)
		} else {
			w.tile.a = w.p.a.at(w.item, m.lo, k.lo)
		}
		w.panel(k, m, n)
	}
	w.keptA = w.packA && w.panels.count <= group
}

// panel computes the rows m, those of one tile, of the columns n. A is in place.
func (w *worker) panel(k, m, n interval) {
	p, t := w.p, &w.tile
	added := &p.d
	if k.lo > 0 {
		added = &p.c
	}
	full := p.set.kernel(m.len(), w.width)
	for j := n.lo; j < n.hi; j += w.width {
		t.n = min(w.width, n.hi-j)
		if w.packB {
			t.b = unsafe.Pointer(&w.b[(j-n.lo)*t.k])
		} else {
			t.b = p.b.at(w.item, k.lo, j)
		}
		t.c, t.d = p.c.at(w.item, m.lo, j), added.at(w.item, m.lo, j)
		if t.n == w.width {
			full(t)
		} else {
			p.set.kernel(m.len(), t.n)(t)
		}
	}
}
