package simd

import (
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/parallel"
)

// LayerNormBackward computes the gradients of [LayerNorm], or of [RMSNorm] where mean is nil. With h = (x - mean) * rstd,
// g = dy * gain, and means over the row:
//
//	dx = rstd * (g - mean(g) - h * mean(g h)) + beta * dx
//
// for x [n, c]. Without a mean, mean(g) is left out. The first c of gains become Σ dy h over the rows, those of shifts
// Σ dy: the gradients of gain and shift, carried in float64. They are as long as [NormSums] says. What is nil, of dx,
// gains and shifts, is not computed.
//
// The kernel is within 5 ulp of the twin, counted in those of the largest of the three terms; it rounds dy h to float32.
func LayerNormBackward[T Float](dx []T, beta T, gains, shifts []float64, dy, x []T, mean, rstd []float64, gain []T) {
	n := len(rstd)
	c := rowLength(len(x), n)
	clear(gains)
	clear(shifts)
	if level, ok := vectors[T](); ok {
		w := layerNormBackward{f32(dx), float32(beta), gains, shifts, f32(dy), f32(x), mean, rstd, f32(gain)}
		w.run(level, lineGrid{n, c, 1})
		return
	}
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, dy := x[r*c:(r+1)*c], dy[r*c:(r+1)*c]
		var meanG, meanGH float64
		for j, v := range row {
			g, h := weighted(dy, gain, j), (float64(v)-m)*s
			meanG += g
			meanGH += float64(g * h)
			if gains != nil {
				gains[j] += float64(float64(dy[j]) * h)
			}
			if shifts != nil {
				shifts[j] += float64(dy[j])
			}
		}
		if dx == nil {
			continue
		}
		meanG, meanGH = meanG/float64(c), meanGH/float64(c)
		if mean == nil {
			meanG = 0
		}
		dx := dx[r*c : (r+1)*c]
		for j, v := range row {
			h := (float64(v) - m) * s
			put(dx, beta, j, T(s*(weighted(dy, gain, j)-meanG-float64(h*meanGH))))
		}
	}
}

func rowMean(mean []float64, r int) float64 {
	if mean == nil {
		return 0
	}
	return mean[r]
}

func weighted[T Float](dy, gain []T, j int) float64 {
	if gain == nil {
		return float64(dy[j])
	}
	return float64(float64(dy[j]) * float64(gain[j]))
}

// NormSums is the length of the sums that [LayerNormBackward] takes for x [n, c]: each processor adds up its own.
func NormSums(n, c int) int {
	g := lineGrid{n, c, 1}
	return piecesOf(g.blocks(), n*c) * sumsLength(c)
}

// sumsLength has room for whole vectors of columns.
func sumsLength(c int) int {
	const lanes = 16
	return (c + lanes - 1) &^ (lanes - 1)
}

type layerNormBackward struct {
	dx            []float32
	beta          float32
	gains, shifts []float64
	dy, x         []float32
	mean, rstd    []float64
	gain          []float32
}

// run does the work, on several processors if it is worth it, and adds up their sums in order.
func (w layerNormBackward) run(level isa.Level, g lineGrid) {
	pieces := piecesOf(g.blocks(), g.outer*g.n)
	if pieces == 1 {
		w.piece(level, g, 0, 1)
		return
	}
	parallel.Run(pieces, func(piece int) { w.piece(level, g, piece, pieces) })
	addPieces(w.gains, g.n, pieces)
	addPieces(w.shifts, g.n, pieces)
}

// addPieces adds the sums of all pieces to those of the first.
func addPieces(sums []float64, c, pieces int) {
	if sums == nil {
		return
	}
	for piece := 1; piece < pieces; piece++ {
		for j, v := range sums[piece*sumsLength(c):][:c] {
			sums[j] += v
		}
	}
}

func (w layerNormBackward) piece(level isa.Level, g lineGrid, piece, pieces int) {
	w.gains, w.shifts = pieceSums(w.gains, g.n, piece), pieceSums(w.shifts, g.n, piece)
	blocks := g.blocks()
	for i := blocks * piece / pieces; i < blocks*(piece+1)/pieces; i++ {
		w.block(g.block(level, i))
	}
}

// pieceSums returns the sums of a piece, or nil where none are wanted.
func pieceSums(sums []float64, c, piece int) []float64 {
	if sums == nil {
		return nil
	}
	return sums[piece*sumsLength(c):][:sumsLength(c)]
}

func (w layerNormBackward) block(b lineBlock) {
	var m means
	var scale lineFloats
	if w.mean != nil {
		m.setAll(w.mean[b.line : b.line+b.lines])
	}
	for i, s := range w.rstd[b.line : b.line+b.lines] {
		scale[i] = float32(s)
	}
	if w.dx != nil {
		w.inputs(b, &m, &scale)
	}
	dy, x := w.dy[b.from:], w.x[b.from:]
	switch {
	case w.gains != nil && w.shifts != nil:
		gainShiftSumsKernel(b.level, b.lines, b.n, b.stride, dy, x, m.high[:], m.low[:], scale[:], w.gains, w.shifts)
	case w.gains != nil:
		gainSumsKernel(b.level, b.lines, b.n, b.stride, dy, x, m.high[:], m.low[:], scale[:], w.gains)
	case w.shifts != nil:
		sumColumnsKernel(b.level, b.lines, b.n, b.stride, dy, w.shifts)
	}
}

// inputs computes the gradient of x.
func (w layerNormBackward) inputs(b lineBlock, m *means, scale *lineFloats) {
	var total, product lineSums
	var push, pull lineFloats
	dx, dy, x := w.dx[b.from:], w.dy[b.from:], w.x[b.from:]
	if w.gain == nil {
		b.normalizeSums(&total, &product, w.dy, w.x, m)
	} else {
		normalizeGainSumsKernel(b.level, b.lines, b.n, b.stride, dy, w.gain, x, m.high[:], m.low[:], total[:], product[:])
	}
	for i, s := range w.rstd[b.line : b.line+b.lines] {
		if w.mean != nil {
			push[i] = float32(total[i] / float64(b.n))
		}
		pull[i] = float32(s * s * product[i] / float64(b.n))
	}
	if w.gain == nil {
		b.normalizeBackward(w.dx, w.beta, w.dy, w.x, m, &push, &pull, scale)
	} else {
		normalizeGainBackwardKernel(b.level, b.lines, b.n, b.stride, dx, w.beta, dy, w.gain, x, m.high[:], m.low[:], push[:], pull[:], scale[:])
	}
}

// PutSums computes dx = sum + beta * dx.
func PutSums[T Float](dx []T, beta T, sum []float64) {
	sum = sum[:len(dx)]
	for i := range dx {
		put(dx, beta, i, T(sum[i]))
	}
}
