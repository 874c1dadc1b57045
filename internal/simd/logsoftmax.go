package simd

import "math"

// LogSoftmax computes y = x - ln Σ e^x over the middle axis of x [outer, n, inner]: finite where [Softmax] rounds to 0,
// NaN where that is NaN.
//
// The kernel is within 2 ulp of the twin, and as many more as the second largest x is below the largest.
func LogSoftmax[T Float](y, x []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{outer, n, inner}, logSoftmax{f32(y), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		end := from + n*inner
		top, others := topAndOthers(x, from, end, inner)
		spread := math.Log1p(others)
		for j := from; j < end; j += inner {
			y[j] = T(float64(x[j]) - top - spread)
		}
	}
}

type logSoftmax struct{ y, x []float32 }

func (w logSoftmax) block(b lineBlock) {
	var top, spread lineFloats
	var others lineSums
	b.largest(&top, w.x)
	b.others(&others, w.x, &top)
	for i, v := range others[:b.lines] {
		spread[i] = float32(v)
	}
	logOnePlusKernel(b.level, 1, b.lines, b.lines, spread[:], spread[:])
	if b.byRow {
		logSoftmaxRowsKernel(b.level, b.lines, b.n, b.stride, w.y[b.from:], w.x[b.from:], top[:], spread[:])
	} else {
		logSoftmaxColumnsKernel(b.level, b.n, b.lines, b.stride, w.y[b.from:], w.x[b.from:], top[:], spread[:])
	}
}

// LogSoftmaxBackward computes dx = dy - e^y Σ dy + beta * dx, the sum over the middle axis of [outer, n, inner].
//
// The kernel is within 3 ulp of the twin, counted in those of the larger of dy and e^y Σ dy.
func LogSoftmaxBackward[T Float](dx []T, beta T, dy, y []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{outer, n, inner}, logSoftmaxBackward{f32(dx), float32(beta), f32(dy), f32(y)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		end := from + n*inner
		var sum float64
		for j := from; j < end; j += inner {
			sum += float64(dy[j])
		}
		for j := from; j < end; j += inner {
			put(dx, beta, j, T(float64(dy[j])-float64(math.Exp(float64(y[j]))*sum)))
		}
	}
}

type logSoftmaxBackward struct {
	dx    []float32
	beta  float32
	dy, y []float32
}

func (w logSoftmaxBackward) block(b lineBlock) {
	var sum lineSums
	var total lineFloats
	b.sum(&sum, w.dy)
	for i, v := range sum[:b.lines] {
		total[i] = float32(v)
	}
	if b.byRow {
		logSoftmaxBackwardRowsKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, w.dy[b.from:], w.y[b.from:], total[:])
	} else {
		logSoftmaxBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, w.dx[b.from:], w.beta, w.dy[b.from:], w.y[b.from:], total[:])
	}
}

// topAndOthers returns the largest x of a line, and Σ e^(x - top) of the others: then ln Σ e^x = top + ln(1 + others),
// and the second keeps its digits where the first dwarfs it. Others is NaN where the largest is infinite or NaN.
func topAndOthers[T Float](x []T, from, end, step int) (top, others float64) {
	peak, at := peak(x, 1, from, end, step)
	top = float64(peak)
	others = sumExp(x, top, from, at, step) + sumExp(x, top, at+step, end, step)
	return top, others + (top - top)
}

// sumExp returns Σ e^(x - shift).
func sumExp[T Float](x []T, shift float64, from, end, step int) (s float64) {
	for j := from; j < end; j += step {
		s += math.Exp(float64(x[j]) - shift)
	}
	return s
}
