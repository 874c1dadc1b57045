package simd

import (
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/parallel"
)

// channelGrid is x [n, c, inner]. Kernels take its channels as the columns of one matrix [n, c] where inner is 1, else as
// the rows of n matrices [c, inner].
type channelGrid struct{ n, c, inner int }

// height is how many channels a block has.
func (g channelGrid) height() int {
	if g.inner == 1 {
		return blockLines
	}
	return max(1, min(blockLines, blockElements/max(1, g.inner)))
}

func (g channelGrid) blocks() int { return (g.c + g.height() - 1) / g.height() }

// channelBlock is some neighbouring channels, in one or several matrices.
type channelBlock struct {
	lineBlock          // in the first matrix
	matrices, distance int
}

func (g channelGrid) block(level isa.Level, i int) channelBlock {
	h := g.height()
	at := i * h
	lines := min(h, g.c-at)
	if g.inner == 1 {
		return channelBlock{lineBlock{level, false, at, lines, at, g.n, g.c}, 1, 0}
	}
	return channelBlock{lineBlock{level, true, at, lines, at * g.inner, g.inner, g.inner}, g.n, g.c * g.inner}
}

// in returns the block in the i-th matrix.
func (b channelBlock) in(i int) lineBlock {
	l := b.lineBlock
	l.from += i * b.distance
	return l
}

// elements is how many a channel has.
func (b channelBlock) elements() int { return b.matrices * b.n }

// channelWork is what is to be done with every block of channels.
type channelWork interface{ block(b channelBlock) }

// onChannels does the work on so many elements of c channels, on several processors if it is worth it. Channels do not
// depend on each other.
func onChannels[W channelWork](level isa.Level, elements, c, inner int, w W) {
	if elements == 0 {
		inner = 1 // also without elements there are sums
	}
	g := channelGrid{elements / max(1, c*inner), c, inner}
	blocks := g.blocks()
	pieces := piecesOf(blocks, elements)
	if pieces == 1 {
		onChannelBlocks(level, g, w, 0, blocks)
		return
	}
	parallel.Run(pieces, func(piece int) {
		onChannelBlocks(level, g, w, blocks*piece/pieces, blocks*(piece+1)/pieces)
	})
}

func onChannelBlocks[W channelWork](level isa.Level, g channelGrid, w W, lo, hi int) {
	for i := lo; i < hi; i++ {
		w.block(g.block(level, i))
	}
}

type channelMoments struct {
	mean, squares []float64
	x             []float32
}

func (w channelMoments) block(b channelBlock) {
	var m means
	var total lineSums
	for i := range b.matrices {
		var sum lineSums
		b.in(i).sum(&sum, w.x)
		total.add(&sum, b.lines)
	}
	for j, s := range total[:b.lines] {
		mean := s / float64(b.elements())
		w.mean[b.line+j] = mean
		m.set(j, mean)
	}
	total = lineSums{}
	for i := range b.matrices {
		var sum lineSums
		b.in(i).squares(&sum, w.x, &m)
		total.add(&sum, b.lines)
	}
	copy(w.squares[b.line:], total[:b.lines])
}

// add adds the sums of some lines.
func (s *lineSums) add(z *lineSums, lines int) {
	for i := range lines {
		s[i] += z[i]
	}
}

type channelNormal struct {
	y, x        []float32
	mean, rstd  []float64
	gain, shift []float32
}

func (w channelNormal) block(b channelBlock) {
	var m means
	var shift lineFloats
	m.setAll(w.mean[b.line : b.line+b.lines])
	scale := gains(w.rstd, w.gain, b)
	if w.shift != nil {
		copy(shift[:b.lines], w.shift[b.line:])
	}
	for i := range b.matrices {
		b.in(i).normalize(w.y, w.x, &m, &scale, &shift)
	}
}

// gains returns rstd * gain of the channels of a block; a nil gain is 1.
func gains(rstd []float64, gain []float32, b channelBlock) (scale lineFloats) {
	for j, s := range rstd[b.line : b.line+b.lines] {
		if gain != nil {
			s *= float64(gain[b.line+j])
		}
		scale[j] = float32(s)
	}
	return scale
}

type channelSums struct {
	total, product []float64
	dy, x          []float32
	mean, rstd     []float64
}

func (w channelSums) block(b channelBlock) {
	var m means
	var total, product lineSums
	m.setAll(w.mean[b.line : b.line+b.lines])
	for i := range b.matrices {
		var t, p lineSums
		b.in(i).normalizeSums(&t, &p, w.dy, w.x, &m)
		total.add(&t, b.lines)
		product.add(&p, b.lines)
	}
	for j := range b.lines {
		k := b.line + j
		w.total[k], w.product[k] = total[j], product[j]*w.rstd[k]
	}
}

type channelScaleBackward struct {
	dx   []float32
	beta float32
	dy   []float32
	rstd []float64
	gain []float32
}

func (w channelScaleBackward) block(b channelBlock) {
	scale := gains(w.rstd, w.gain, b)
	for i := range b.matrices {
		b.in(i).scaleBackward(w.dx, w.beta, w.dy, &scale)
	}
}

type batchNormBackward struct {
	dx             []float32
	beta           float32
	dy, x          []float32
	mean, rstd     []float64
	gain           []float32
	total, product []float64
}

func (w batchNormBackward) block(b channelBlock) {
	var m means
	var push, pull lineFloats
	m.setAll(w.mean[b.line : b.line+b.lines])
	scale := gains(w.rstd, w.gain, b)
	share := 1 / float64(b.elements())
	for j := range b.lines {
		k := b.line + j
		push[j] = float32(w.total[k] * share)
		pull[j] = float32(w.rstd[k] * w.product[k] * share)
	}
	for i := range b.matrices {
		b.in(i).normalizeBackward(w.dx, w.beta, w.dy, w.x, &m, &push, &pull, &scale)
	}
}
