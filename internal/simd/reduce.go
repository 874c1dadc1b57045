package simd

import "github.com/heft-ml/heft/internal/parallel"

// Sum returns the sum of x, carried in float64.
func Sum[T Float](x []T) float64 {
	if single[T]() {
		if total, ok := sumKernel(f32(x)); ok {
			return total
		}
	}
	var s float64
	for _, v := range x {
		s += float64(v)
	}
	return s
}

// SumSquares returns the sum of squares of x, carried in float64.
func SumSquares[T Float](x []T) float64 {
	if single[T]() {
		if total, ok := sumSquaresKernel(f32(x)); ok {
			return total
		}
	}
	var s float64
	for _, v := range x {
		s += float64(float64(v) * float64(v))
	}
	return s
}

// SumAxis sums x [outer, n, inner] over its middle axis, scaled: dst [outer, inner] = s * sum, carried in float64.
func SumAxis[T Float](dst []T, s float64, x []T, outer, n, inner int) {
	if outer*inner == 1 {
		dst[0] = T(s * Sum(x[:n]))
		return
	}
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, sumAxis{f32(dst), s, f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		var sum float64
		for j := from; j < from+n*inner; j += inner {
			sum += float64(x[j])
		}
		dst[k] = T(s * sum)
	}
}

type sumAxis struct {
	dst []float32
	s   float64
	x   []float32
}

func (w sumAxis) block(b lineBlock) {
	var sum lineSums
	b.sum(&sum, w.x)
	for i, v := range sum[:b.lines] {
		w.dst[b.line+i] = float32(w.s * v)
	}
}

// SumAxisBackward spreads dy [outer, inner], scaled, over the middle axis of dx [outer, n, inner]: dx = s * dy +
// beta * dx.
func SumAxisBackward[T Float](dx []T, beta T, s T, dy []T, outer, n, inner int) {
	if outer*inner == 1 {
		spread(dx, beta, s*dy[0])
		return
	}
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, sumAxisBackward{f32(dx), float32(beta), float32(s), f32(dy)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		d := T(s * dy[k])
		for j := from; j < from+n*inner; j += inner {
			put(dx, beta, j, d)
		}
	}
}

type sumAxisBackward struct {
	dx      []float32
	beta, s float32
	dy      []float32
}

func (w sumAxisBackward) block(b lineBlock) {
	var v lineFloats
	for i, d := range w.dy[b.line : b.line+b.lines] {
		v[i] = w.s * d
	}
	if b.byRow {
		spreadRowsKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, v[:])
		return
	}
	spreadColumnsKernel(b.level, b.n, b.lines, b.stride, w.dx[b.from:], w.beta, v[:])
}

// ColumnSums sums the rows of x [n, c]: dst [c] = sum + beta * dst, carried in T, row after row.
func ColumnSums[T Float](dst []T, beta T, x []T) {
	if beta == 0 {
		clear(dst)
	}
	if len(dst) == 0 || len(x) == 0 {
		return
	}
	if len(x) < 2*kernelGrain {
		addColumns(dst, x, 0, len(dst))
		return
	}
	parallel.For(len(dst), max(1, kernelGrain*len(dst)/len(x)), func(lo, hi int) { addColumns(dst, x, lo, hi) })
}

// addColumns adds the columns from lo to hi of all rows of x to dst.
func addColumns[T Float](dst, x []T, lo, hi int) {
	c := len(dst)
	dst = dst[lo:hi]
	row := func(at int) []T { return x[at+lo : at+hi] }
	for at := 0; at < len(x); {
		const together = 4
		if at+together*c <= len(x) && single[T]() &&
			addRowsKernel(f32(dst), f32(row(at)), f32(row(at+c)), f32(row(at+2*c)), f32(row(at+3*c))) {
			at += together * c
			continue
		}
		Add(dst, dst, row(at))
		at += c
	}
}
