package simd

import "math"

// Softmax computes y = e^x / Σ e^x over the middle axis of x [outer, n, inner]. The largest x is subtracted first, so
// that nothing overflows; a line that holds NaN or +Inf, or nothing but -Inf, becomes NaN.
func Softmax[T Float](y, x []T, outer, n, inner int) {
	for _, from := range lines(outer, n, inner) {
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

// SoftmaxBackward computes dx = y (dy - Σ dy y) + beta * dx, the sum over the middle axis of [outer, n, inner].
func SoftmaxBackward[T Float](dx []T, beta T, dy, y []T, outer, n, inner int) {
	for _, from := range lines(outer, n, inner) {
		end := from + n*inner
		var sum float64
		for j := from; j < end; j += inner {
			sum += float64(dy[j]) * float64(y[j])
		}
		for j := from; j < end; j += inner {
			put(dx, beta, j, T(float64(y[j])*(float64(dy[j])-sum)))
		}
	}
}

// LogSoftmax computes y = x - ln Σ e^x over the middle axis of x [outer, n, inner]: finite where [Softmax] rounds to 0,
// NaN where that is NaN.
func LogSoftmax[T Float](y, x []T, outer, n, inner int) {
	for _, from := range lines(outer, n, inner) {
		end := from + n*inner
		top, spread := logSum(x, from, end, inner)
		for j := from; j < end; j += inner {
			y[j] = T(float64(x[j]) - top - spread)
		}
	}
}

// LogSoftmaxBackward computes dx = dy - e^y Σ dy + beta * dx, the sum over the middle axis of [outer, n, inner].
func LogSoftmaxBackward[T Float](dx []T, beta T, dy, y []T, outer, n, inner int) {
	for _, from := range lines(outer, n, inner) {
		end := from + n*inner
		var sum float64
		for j := from; j < end; j += inner {
			sum += float64(dy[j])
		}
		for j := from; j < end; j += inner {
			put(dx, beta, j, T(float64(dy[j])-math.Exp(float64(y[j]))*sum))
		}
	}
}

// logSum returns ln Σ e^x of a line in two parts: its largest x, and the rest, which lies between 0 and ln n and keeps
// its digits where the largest dwarfs it. The rest is NaN when the largest is infinite or NaN.
func logSum[T Float](x []T, from, end, step int) (top, spread float64) {
	peak, at := peak(x, 1, from, end, step)
	top = float64(peak)
	others := sumExp(x, top, from, at, step) + sumExp(x, top, at+step, end, step)
	return top, math.Log1p(others) + (top - top)
}

// sumExp returns Σ e^(x - shift).
func sumExp[T Float](x []T, shift float64, from, end, step int) (s float64) {
	for j := from; j < end; j += step {
		s += math.Exp(float64(x[j]) - shift)
	}
	return s
}

// LogSumExp computes y = ln Σ e^x over the middle axis of x [outer, n, inner]: y, top, spread [outer, inner]. y is
// top + spread, which are for the way back. It is +Inf where an x is, and -Inf where all are or n is 0.
func LogSumExp[T Float](y []T, top, spread []float64, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		end := from + n*inner
		top[k], spread[k] = logSum(x, from, end, inner)
		if math.IsInf(top[k], 0) {
			top[k], spread[k] = 0, math.Log(sumExp(x, 0, from, end, inner))
		}
		y[k] = T(top[k] + spread[k])
	}
}

// LogSumExpBackward computes dx [outer, n, inner] = dy e^(x - top - spread) + beta * dx.
func LogSumExpBackward[T Float](dx []T, beta T, dy []T, top, spread []float64, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		for j := from; j < from+n*inner; j += inner {
			p := math.Exp(float64(x[j]) - top[k] - spread[k])
			put(dx, beta, j, T(float64(dy[k])*p))
		}
	}
}
