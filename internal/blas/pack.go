package blas

import "unsafe"

// room returns x with space for n elements and the vector that packing may write after them, aligned to cache lines.
func room(x *[]float32, n int) {
	const line = 16
	n += line
	if cap(*x) >= n {
		*x = (*x)[:n]
		return
	}
	raw := make([]float32, n+line)
	skip := -uintptr(unsafe.Pointer(&raw[0])) % 64 / 4
	*x = raw[skip:][:n]
}

// packColumns packs the block of B in panels as wide as a tile: row q of a panel is row q of B.
func (w *worker) packColumns(k, n interval) {
	p, t := w.p, &w.tile
	t.bStep = 4 * uintptr(w.width)
	room(&w.b, (n.len()+w.width-1)/w.width*w.width*t.k)
	if p.b.column == 4 {
		for q := k.lo; q < k.hi; q += rowsAtOnce {
			w.copyColumns(interval{q, min(q+rowsAtOnce, k.hi)}, k.lo, n)
		}
		return
	}
	for j := n.lo; j < n.hi; j += w.width {
		dst := unsafe.Pointer(&w.b[(j-n.lo)*t.k])
		p.set.transposePanel(dst, p.b.at(w.item, k.lo, j), t.bStep, p.b.column, min(w.width, n.hi-j), k.len())
	}
}

// rowsAtOnce is how many rows of memory are packed before the next: so few that the processor sees that it reads each
// on and on, whatever the distance of rows.
const rowsAtOnce = 8

// copyColumns packs the rows q of the block of B that begins at row first.
func (w *worker) copyColumns(q interval, first int, n interval) {
	p, t := w.p, &w.tile
	done := (q.lo - first) / p.set.steps * w.width
	for j := n.lo; j < n.hi; j += w.width {
		dst := unsafe.Pointer(&w.b[(j-n.lo)*t.k+done])
		p.set.copyPanel(dst, p.b.at(w.item, q.lo, j), t.bStep, p.b.row, min(w.width, n.hi-j), q.len())
	}
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

// packRows packs panel i of A, the rows m: element q, r of the panel is A[r, q]. With A transposed, panels are packed together in
// groups, a few rows of memory at a time, so that cache lines are read once although they hold parts of two panels.
func (w *worker) packRows(k, m interval, i int) {
	p, t := w.p, &w.tile
	step := p.set.step(m.len())
	t.aRow, t.aStep = 4, 4*uintptr(step)
	if p.a.column == 4 {
		room(&w.a, step*t.k)
		t.a = unsafe.Pointer(&w.a[0])
		p.set.transposePanel(t.a, p.a.at(w.item, m.lo, k.lo), t.aStep, p.a.row, m.len(), k.len())
		return
	}
	size := p.set.step(p.set.rows)*t.k + p.set.lanes
	if i%group == 0 {
		room(&w.a, group*size)
		w.packGroup(k, i, size)
	}
	t.a = unsafe.Pointer(&w.a[i%group*size])
}

const (
	group     = 4 // panels
	groupRows = 8 // of memory
)

// packGroup packs the panels from i on, each in its size elements.
func (w *worker) packGroup(k interval, i, size int) {
	p := w.p
	last := min(i+group, w.panels.count)
	for q := 0; q < k.len(); q += groupRows {
		rows := min(groupRows, k.len()-q)
		for j := i; j < last; j++ {
			m := w.panels.block(w.m.lo, j)
			step := p.set.step(m.len())
			dst := unsafe.Pointer(&w.a[(j-i)*size+q/p.set.steps*step])
			p.set.copyPanel(dst, p.a.at(w.item, m.lo, k.lo+q), 4*uintptr(step), p.a.column, m.len(), rows)
		}
	}
}
