package simd

import (
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/parallel"
)

const (
	blockLines    = 64      // of a block at most: the numbers that lines have are on the stack
	blockElements = 1 << 10 // of a block of several rows at most: memory is read ahead while the last block is worked on
	mostPieces    = 32      // that work is cut into for processors
)

// lineGrid is an array [outer, n, inner], whose lines along its middle axis kernels take in blocks: where inner is 1,
// as the rows of a matrix, else as columns of one.
type lineGrid struct{ outer, n, inner int }

// lineBlock is some neighbouring lines of a grid.
type lineBlock struct {
	level       isa.Level
	byRow       bool
	line, lines int // the number of the first among all, and how many
	from        int // where the first starts in the array
	n, stride   int // elements of a line, and from row to row
}

// worth tells whether kernels pay: not for a block of few, short lines side by side, which costs as much as a hundred
// elements in plain Go.
func (g lineGrid) worth() bool { return g.inner == 1 || g.inner >= 4 && g.n*g.inner >= 256 }

// height is how many lines a block has.
func (g lineGrid) height() int {
	if g.inner > 1 {
		return blockLines
	}
	return max(1, min(blockLines, blockElements/max(1, g.n)))
}

// across is how many blocks there are to an outer index, or to all where inner is 1.
func (g lineGrid) across() int {
	lines := g.inner
	if g.inner == 1 {
		lines = g.outer
	}
	return (lines + g.height() - 1) / g.height()
}

func (g lineGrid) blocks() int {
	if g.inner == 1 {
		return g.across()
	}
	return g.outer * g.across()
}

// block returns the i-th block.
func (g lineGrid) block(level isa.Level, i int) lineBlock {
	h := g.height()
	if g.inner == 1 {
		return lineBlock{level, true, i * h, min(h, g.outer-i*h), i * h * g.n, g.n, g.n}
	}
	o, at := i/g.across(), i%g.across()*h
	from := o*g.n*g.inner + at
	if g.n == 0 {
		from = 0 // there is nothing to start in
	}
	return lineBlock{level, false, o*g.inner + at, min(h, g.inner-at), from, g.n, g.inner}
}

// element returns where the i-th line starts, and how far apart its elements stand.
func (b lineBlock) element(i int) (from, step int) {
	if b.byRow {
		return b.from + i*b.stride, 1
	}
	return b.from + i, b.stride
}

// lineWork is what is to be done with every block.
type lineWork interface{ block(b lineBlock) }

// onLines does the work, on several processors if it is worth it. Lines do not depend on each other.
func onLines[W lineWork](level isa.Level, g lineGrid, w W) {
	blocks := g.blocks()
	pieces := piecesOf(blocks, g.outer*g.n*g.inner)
	if pieces == 1 {
		onBlocks(level, g, w, 0, blocks)
		return
	}
	shared := w // only here, for what several processors see is on the heap
	parallel.Run(pieces, func(piece int) { onBlocks(level, g, shared, blocks*piece/pieces, blocks*(piece+1)/pieces) })
}

func onBlocks[W lineWork](level isa.Level, g lineGrid, w W, lo, hi int) {
	for i := lo; i < hi; i++ {
		w.block(g.block(level, i))
	}
}

// piecesOf is among how many processors the work on so many blocks is worth sharing, which have so many elements together.
func piecesOf(blocks, elements int) int { return max(1, min(mostPieces, blocks, elements/kernelGrain)) }

// vectors returns the level in use, and whether there are kernels in assembly for T.
func vectors[T Float]() (isa.Level, bool) {
	level := isa.Active()
	return level, single[T]() && level != isa.None
}

// lineFloats has a number for each line of a block.
type lineFloats [blockLines]float32

// fill is [Fill], which would move f to the heap.
func (f *lineFloats) fill(v float32) {
	for i := range f {
		f[i] = v
	}
}

// lineSums has a sum for each line of a block.
type lineSums [blockLines]float64

// means is the means of lines, each in two parts.
type means struct{ high, low lineFloats }

func (m *means) set(i int, v float64) { m.high[i], m.low[i] = twoFloats(v) }

// setAll takes means that were kept; nil stands for zeros.
func (m *means) setAll(kept []float64) {
	for i, v := range kept {
		m.set(i, v)
	}
}
