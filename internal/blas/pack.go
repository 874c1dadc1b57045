package blas

import (
	"unsafe"

	"github.com/heft-ml/heft/internal/pages"
)

// room returns x with space for n elements and the vector that packing may write after them, aligned to cache lines.
func room(x *[]float32, n int) {
	const line = 16
	n += line
	if cap(*x) >= n {
		*x = (*x)[:n]
		return
	}
	*x = pages.Make[float32](n)
}

// packColumns packs the block of B in panels as wide as a tile: row q of a panel is row q of B.
func (w *worker) packColumns(k, n interval) {
	p, t := w.p, &w.tile
	t.bStep = 4 * uintptr(w.width)
	room(&w.b, (n.len()+w.width-1)/w.width*w.width*t.k)
	for j := n.lo; j < n.hi; j += w.width {
		to, from := unsafe.Pointer(&w.b[(j-n.lo)*t.k]), p.b.at(w.item, k.lo, j)
		width := min(w.width, n.hi-j)
		if p.b.column == 4 {
			w.strips = append(w.strips, strip{to, from, t.bStep, width})
		} else {
			p.set.transposePanel(to, from, t.bStep, p.b.column, width, k.len())
		}
	}
	w.copyStrips(p.b.row, k.len())
}

// strip is a panel to be copied to, from rows of memory.
type strip struct {
	to, from unsafe.Pointer
	row      uintptr // from a row of the panel to the next
	width    int
}

// rowsAtOnce is how many rows of memory are copied before the next: so few that they stay in the caches near by,
// whatever their distance. Lines that two panels have parts of are read once, and the processor sees that it reads each
// row on and on.
const rowsAtOnce = 16

// copyStrips copies the panels in w.strips, all at the same time.
func (w *worker) copyStrips(srcRow uintptr, k int) {
	set := w.p.set
	for q := 0; q < k; q += rowsAtOnce {
		rows := min(rowsAtOnce, k-q)
		for i := range w.strips {
			s := &w.strips[i]
			to, from := unsafe.Add(s.to, uintptr(q/set.steps)*s.row), unsafe.Add(s.from, uintptr(q)*srcRow)
			set.copyPanel(to, from, s.row, srcRow, s.width, rows)
		}
	}
	clear(w.strips) // keep nothing alive
	w.strips = w.strips[:0]
}

// copyPanel is copyRows for any width. If the panel is wider than 2 lanes, dstRow must be whole vectors.
func (set *microkernels) copyPanel(dst, src unsafe.Pointer, dstRow, srcRow uintptr, width, k int) {
	step := 2 * set.lanes
	for o := 0; o < width; o += step {
		set.copyRows(unsafe.Add(dst, 4*o), unsafe.Add(src, 4*o), dstRow, srcRow, min(step, width-o), k)
	}
}

// transposePanel is transpose for any width. If the panel is wider than lanes, dstRow must be whole vectors.
func (set *microkernels) transposePanel(dst, src unsafe.Pointer, dstRow, srcRow uintptr, width, k int) {
	for o := 0; o < width; o += set.lanes {
		set.transpose(unsafe.Add(dst, 4*o), unsafe.Add(src, uintptr(o)*srcRow), dstRow, srcRow, min(set.lanes, width-o), k)
	}
}

// step is how many elements a packed panel of A has for each step of k: its height, in whole vectors if that is more
// than one.
func (set *microkernels) step(height int) int {
	if height <= set.lanes {
		return height
	}
	return (height + set.lanes - 1) / set.lanes * set.lanes
}

// group is how many panels of a transposed A are packed together: so few that they take little room in the cache beside
// the block of B.
const group = 8

// placeA makes room for a group of packed panels of A.
func (w *worker) placeA() {
	set := w.p.set
	w.sizeA, w.keptA = set.step(set.rows)*w.tile.k+set.lanes, false
	room(&w.a, group*w.sizeA)
}

// panelA is panel i of A, packed. Element q, r of it is A[r, q].
func (w *worker) panelA(i int) unsafe.Pointer { return unsafe.Pointer(&w.a[i%group*w.sizeA]) }

// packRows packs panel i of A, the rows m, unless it has been packed.
func (w *worker) packRows(k, m interval, i int) {
	p, t := w.p, &w.tile
	t.aRow, t.aStep, t.a = 4, 4*uintptr(p.set.step(m.len())), w.panelA(i)
	switch {
	case w.keptA:
	case p.a.column == 4:
		p.set.transposePanel(t.a, p.a.at(w.item, m.lo, k.lo), t.aStep, p.a.row, m.len(), k.len())
	case i%group == 0:
		for j := i; j < min(i+group, w.panels.count); j++ {
			m := w.panels.block(w.m.lo, j)
			w.strips = append(w.strips, strip{w.panelA(j), p.a.at(w.item, m.lo, k.lo), 4 * uintptr(p.set.step(m.len())), m.len()})
		}
		w.copyStrips(p.a.column, k.len())
	}
}
