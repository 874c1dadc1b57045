package simd

import "math"

// Extreme takes the largest element (sign 1) or the smallest (sign -1) over the middle axis of x [outer, n, inner]:
// y [outer, inner]. NaN wins.
func Extreme[T Float](y []T, sign T, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, extreme{f32(y), float32(sign), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		_, at := peak(x, sign, from, from+n*inner, inner)
		y[k] = x[at]
	}
}

type extreme struct {
	y    []float32
	sign float32
	x    []float32
}

func (w extreme) block(b lineBlock) {
	var top lineFloats
	b.extreme(&top, w.sign, w.x)
	copy(w.y[b.line:b.line+b.lines], top[:])
}

// ExtremeBackward computes dx [outer, n, inner] = dy / ties where x = y, else 0, plus beta * dx. Where y is NaN, dx is
// NaN.
func ExtremeBackward[T Float](dx []T, beta T, dy, y, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, extremeBackward{f32(dx), float32(beta), f32(dy), f32(y), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		end := from + n*inner
		ties := 0
		for j := from; j < end; j += inner {
			if x[j] == y[k] {
				ties++
			}
		}
		here, elsewhere := dy[k]/T(ties), T(0)
		if ties == 0 {
			elsewhere = T(math.NaN())
		}
		for j := from; j < end; j += inner {
			d := elsewhere
			if x[j] == y[k] {
				d = here
			}
			put(dx, beta, j, d)
		}
	}
}

type extremeBackward struct {
	dx       []float32
	beta     float32
	dy, y, x []float32
}

func (w extremeBackward) block(b lineBlock) {
	var ties lineSums
	var share lineFloats
	y := w.y[b.line : b.line+b.lines]
	b.ties(&ties, w.x, y)
	for i, d := range w.dy[b.line : b.line+b.lines] {
		share[i] = d / float32(ties[i])
	}
	b.giveShares(w.dx, w.beta, w.x, y, &share)
}

// ArgMax finds the largest element over the middle axis of x [outer, n, inner], the first if several are:
// at [outer, inner], from 0 to n-1. NaN is the largest.
func ArgMax[T Float](at []int32, x []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok && inner == 1 && n <= mostPlaces {
		onLines(level, lineGrid{outer, n, inner}, argMax{at, f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		_, j := peak(x, 1, from, from+n*inner, inner)
		at[k] = int32((j - from) / inner)
	}
}

// mostPlaces is how many places in a row float32 numbers exactly.
const mostPlaces = 1 << 24

type argMax struct {
	at []int32
	x  []float32
}

func (w argMax) block(b lineBlock) {
	var top, place lineFloats
	b.extreme(&top, 1, w.x)
	findRowsKernel(b.level, b.lines, b.n, b.stride, w.x[b.from:], top[:], place[:], 0)
	for i := range b.lines {
		if top[i] != top[i] { // which equals nothing
			from, step := b.element(i)
			_, at := peak(w.x, 1, from, from+b.n*step, step)
			place[i] = -float32(at - from)
		}
		w.at[b.line+i] = int32(-place[i])
	}
}

// extreme finds the largest x of every line, or for sign -1 the smallest. NaN wins.
func (b lineBlock) extreme(top *lineFloats, sign float32, x []float32) {
	var nans lineFloats
	if b.byRow {
		extremeRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], top[:], nans[:], sign)
	} else {
		top.fill(float32(math.Inf(-1)))
		extremeColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], top[:], nans[:], sign)
	}
	for i, isNaN := range nans[:b.lines] {
		top[i] *= sign
		if isNaN > 0 {
			top[i] = float32(math.NaN())
		}
	}
}

// ties counts how often x = y in every line.
func (b lineBlock) ties(count *lineSums, x, y []float32) {
	if b.byRow {
		tiesRowsKernel(b.level, b.lines, b.n, b.stride, x[b.from:], y, count[:])
		return
	}
	*count = lineSums{}
	tiesColumnsKernel(b.level, b.n, b.lines, b.stride, x[b.from:], y, count[:])
}

// giveShares computes dx = share where x = y, else 0, plus beta * dx. Where y is NaN, dx is NaN.
func (b lineBlock) giveShares(dx []float32, beta float32, x, y []float32, share *lineFloats) {
	if b.byRow {
		extremeBackwardRowsKernel(b.level, b.lines, b.n, b.stride, dx[b.from:], beta, x[b.from:], y, share[:])
		return
	}
	extremeBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, dx[b.from:], beta, x[b.from:], y, share[:])
}
