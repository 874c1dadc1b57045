package blas

// interval is what lies from lo to below hi.
type interval struct{ lo, hi int }

func (v interval) len() int { return v.hi - v.lo }

// blocks is n rows, columns or steps, cut at multiples of unit into count blocks of equal length, within one unit.
//
// Its methods take pointers: copies of what was just written cost small products more than all they decide.
type blocks struct {
	n, unit, count int
	base, extra    int // every block has base units, and extra of them one more
}

// keep makes one block of n.
func (b *blocks) keep(n int) { b.n, b.unit, b.count, b.base, b.extra = n, 1, 1, n, 0 }

// cut cuts n into count blocks.
func (b *blocks) cut(n, count, unit int) {
	if count == 1 {
		b.keep(n)
		return
	}
	units := (n + unit - 1) / unit
	b.n, b.unit, b.count, b.base, b.extra = n, unit, count, units/count, units%count
}

// cutAt cuts n into as few blocks as fit in most.
func (b *blocks) cutAt(n, most, unit int) {
	if n <= most {
		b.keep(n)
		return
	}
	b.cut(n, (n+most-1)/most, unit)
}

// block is the i-th block of those that begin at first. The longer ones come first.
func (b *blocks) block(first, i int) interval {
	lo := i*b.base + min(i, b.extra)
	hi := lo + b.base
	if i < b.extra {
		hi++
	}
	return interval{first + lo*b.unit, first + min(hi*b.unit, b.n)}
}

// longest is the length of the longest block.
func (b *blocks) longest() int { return b.block(0, 0).len() }
