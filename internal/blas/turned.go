package blas

import "unsafe"

// A product with a transposed B and few rows, such as a layer's x Wᵀ for a small batch, would spend much of its time on
// packing B. The transposed product, op(B)ᵀ op(A)ᵀ, takes B as it lies and packs the small A; then its result is turned.
// Its elements have the same bits.

// turns tells whether a piece of so many rows and columns is computed transposed: if the elements to move are at most
// half as many, and the rows, which become columns, fill vectors.
func (p *product) turns(rows, columns int) bool {
	if p.b.column == 4 || p.set.packed || aliases(p.b.column) {
		return false
	}
	rest := (p.set.lanes - rows%p.set.lanes) % p.set.lanes
	return 8*rest <= rows && 2*rows*(p.k+columns) <= columns*p.k
}

// multiplyTurned computes rows m and columns n of one product, transposed.
func (w *worker) multiplyTurned(p *product, item int, m, n interval) {
	set := p.set
	width := (m.len() + set.lanes - 1) / set.lanes * set.lanes
	room(&w.c, n.len()*width)
	row := 4 * uintptr(width)
	first := unsafe.Pointer(&w.c[0])
	if p.add {
		w.turnAdded(p, item, m, n, row)
	}
	t := &w.turned
	*t = *p
	t.m, t.n = n.len(), m.len()
	t.a, t.b = p.b, p.a
	t.a.first, t.b.first = p.b.at(item, 0, n.lo), p.a.at(item, m.lo, 0)
	t.a.transpose()
	t.b.transpose()
	t.c = operand{first, row, 4, 0}
	t.d = t.c
	w.multiply(t, 0, interval{0, t.m}, interval{0, t.n})
	t.a, t.b, t.c, t.d = operand{}, operand{}, operand{}, operand{} // keep nothing alive
	w.turnBack(p, item, m, n, row)
}

// turnAdded puts what is added to the sums where the transposed product adds it: C, or the bias.
func (w *worker) turnAdded(p *product, item int, m, n interval, row uintptr) {
	first := unsafe.Pointer(&w.c[0])
	if p.d.row != 0 {
		p.set.transposePanel(first, p.d.at(item, m.lo, n.lo), row, p.d.row, m.len(), n.len())
		return
	}
	bias := unsafe.Slice((*float32)(p.d.at(0, 0, n.lo)), n.len())
	for j, v := range bias {
		to := w.c[j*int(row/4):][:m.len()]
		for i := range to {
			to[i] = v
		}
	}
}

// turnBack moves the transposed result to C. Packing writes whole vectors; what is narrower goes by way of a buffer.
func (w *worker) turnBack(p *product, item int, m, n interval, row uintptr) {
	lanes := p.set.lanes
	whole := n.len() / lanes * lanes
	first := unsafe.Pointer(&w.c[0])
	for j := 0; j < whole; j += lanes {
		p.set.transpose(p.c.at(item, m.lo, n.lo+j), unsafe.Add(first, uintptr(j)*row), p.c.row, row, lanes, m.len())
	}
	rest := n.len() - whole
	if rest == 0 {
		return
	}
	room(&w.a, m.len()*lanes)
	p.set.transpose(unsafe.Pointer(&w.a[0]), unsafe.Add(first, uintptr(whole)*row), 4*uintptr(lanes), row, rest, m.len())
	for i := range m.len() {
		c := unsafe.Slice((*float32)(p.c.at(item, m.lo+i, n.lo+whole)), rest)
		copy(c, w.a[i*lanes:])
	}
}
