package simd

import "math"

// Softmax computes y = e^x / Σ e^x over the middle axis of x [outer, n, inner]. The largest x is subtracted first, so
// that nothing overflows; a line that holds NaN or +Inf, or nothing but -Inf, becomes NaN.
//
// The kernel rounds x - top, with top the largest x of the line: it is within 3 + |x - top| ulp of the twin.
func Softmax[T Float](y, x []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{outer, n, inner}, softmax{f32(y), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		end := from + n*inner
		top, _ := peak(x, 1, from, end, inner)
		var sum float64
		for j := from; j < end; j += inner {
			e := math.Exp(float64(x[j]) - float64(top))
			y[j] = T(e)
			sum += e
		}
		scale := 1 / sum
		for j := from; j < end; j += inner {
			y[j] = T(float64(y[j]) * scale)
		}
	}
}

type softmax struct{ y, x []float32 }

func (w softmax) block(b lineBlock) {
	var top, factor lineFloats
	var sum lineSums
	b.largest(&top, w.x)
	b.power(w.y, w.x, &top, &sum)
	for i, s := range sum[:b.lines] {
		factor[i] = float32(1 / s)
	}
	b.scale(w.y, &factor)
}

// SoftmaxBackward computes dx = y (dy - Σ dy y) + beta * dx, the sum over the middle axis of [outer, n, inner].
//
// The kernel is within 3 ulp of the twin, counted in those of y times the largest dy of the line: it rounds dy y to
// float32, and carries the sum in float64.
func SoftmaxBackward[T Float](dx []T, beta T, dy, y []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{outer, n, inner}, softmaxBackward{f32(dx), float32(beta), f32(dy), f32(y)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		end := from + n*inner
		var sum float64
		for j := from; j < end; j += inner {
			sum += float64(float64(dy[j]) * float64(y[j]))
		}
		for j := from; j < end; j += inner {
			put(dx, beta, j, T(float64(y[j])*(float64(dy[j])-sum)))
		}
	}
}

type softmaxBackward struct {
	dx    []float32
	beta  float32
	dy, y []float32
}

func (w softmaxBackward) block(b lineBlock) {
	var sum lineSums
	var m means
	b.dot(&sum, w.dy, w.y)
	m.setAll(sum[:b.lines])
	if b.byRow {
		softmaxBackwardRowsKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, w.dy[b.from:], w.y[b.from:], m.high[:], m.low[:])
	} else {
		softmaxBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, w.dx[b.from:], w.beta, w.dy[b.from:], w.y[b.from:], m.high[:], m.low[:])
	}
}
