package simd

import "math"

// The methods of this file call kernels in the form that the block has.

// sum computes Σ x of every line.
func (b lineBlock) sum(sum *lineSums, x []float32) {
	if b.byRow {
		sumRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], sum[:])
		return
	}
	*sum = lineSums{}
	sumColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], sum[:])
}

// squares computes Σ (x - mean)² of every line.
func (b lineBlock) squares(sum *lineSums, x []float32, m *means) {
	if b.byRow {
		squaresRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], m.high[:], m.low[:], sum[:])
		return
	}
	*sum = lineSums{}
	squaresColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], m.high[:], m.low[:], sum[:])
}

// dot computes Σ x z of every line.
func (b lineBlock) dot(sum *lineSums, x, z []float32) {
	if b.byRow {
		dotRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], z[b.from:], sum[:])
		return
	}
	*sum = lineSums{}
	dotColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], z[b.from:], sum[:])
}

// largest finds the largest x of every line. It may pass over a NaN.
func (b lineBlock) largest(top *lineFloats, x []float32) {
	if b.byRow {
		largestRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], top[:])
		return
	}
	for i := range top {
		top[i] = float32(math.Inf(-1))
	}
	largestColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], top[:])
}

// power computes y = e^(x - top), and Σ y of every line.
func (b lineBlock) power(y, x []float32, top *lineFloats, sum *lineSums) {
	if b.byRow {
		softmaxPowerRowsKernel(b.level, b.lines, b.n, b.stride, y[b.from:], x[b.from:], top[:], sum[:])
		return
	}
	*sum = lineSums{}
	softmaxPowerColumnsKernel(b.level, b.n, b.lines, b.stride, y[b.from:], x[b.from:], top[:], sum[:])
}

// others computes Σ e^(x - top) of every line without its top, counted once.
func (b lineBlock) others(sum *lineSums, x []float32, top *lineFloats) {
	var tops lineSums
	if b.byRow {
		othersRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], top[:], sum[:], tops[:])
	} else {
		*sum = lineSums{}
		othersColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], top[:], sum[:], tops[:])
	}
	for i := range b.lines {
		sum[i] += tops[i] - 1
	}
}

// scale computes y = factor * y.
func (b lineBlock) scale(y []float32, factor *lineFloats) {
	if b.byRow {
		scaleRowsKernel(b.level, b.lines, b.n, b.stride, y[b.from:], factor[:])
		return
	}
	scaleColumnsKernel(b.level, b.n, b.lines, b.stride, y[b.from:], factor[:])
}

// scaleBackward computes dx = factor * dy + beta * dx.
func (b lineBlock) scaleBackward(dx []float32, beta float32, dy []float32, factor *lineFloats) {
	if b.byRow {
		scaleBackwardRowsKernel(b.level, b.lines, b.n, b.stride, dx[b.from:], beta, dy[b.from:], factor[:])
		return
	}
	scaleBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, dx[b.from:], beta, dy[b.from:], factor[:])
}

// normalize computes y = (x - mean) scale + shift.
func (b lineBlock) normalize(y, x []float32, m *means, scale, shift *lineFloats) {
	if b.byRow {
		normalizeRowsKernel(b.level, b.lines, b.n, b.stride, y[b.from:], x[b.from:], m.high[:], m.low[:], scale[:], shift[:])
		return
	}
	normalizeColumnsKernel(b.level, b.n, b.lines, b.stride, y[b.from:], x[b.from:], m.high[:], m.low[:], scale[:], shift[:])
}

// normalizeSums computes Σ dy and Σ dy (x - mean) of every line.
func (b lineBlock) normalizeSums(total, product *lineSums, dy, x []float32, m *means) {
	if b.byRow {
		normalizeSumsRowsKernel(b.level, b.lines, b.n, b.stride, dy[b.from:], x[b.from:], m.high[:], m.low[:], total[:], product[:])
		return
	}
	*total, *product = lineSums{}, lineSums{}
	normalizeSumsColumnsKernel(b.level, b.n, b.lines, b.stride, dy[b.from:], x[b.from:], m.high[:], m.low[:], total[:], product[:])
}

// normalizeBackward computes dx = scale (dy - push - (x - mean) pull) + beta * dx.
func (b lineBlock) normalizeBackward(dx []float32, beta float32, dy, x []float32, m *means, push, pull, scale *lineFloats) {
	if b.byRow {
		normalizeBackwardRowsKernel(b.level, b.lines, b.n, b.stride, dx[b.from:], beta, dy[b.from:], x[b.from:], m.high[:], m.low[:], push[:], pull[:], scale[:])
		return
	}
	normalizeBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, dx[b.from:], beta, dy[b.from:], x[b.from:], m.high[:], m.low[:], push[:], pull[:], scale[:])
}
