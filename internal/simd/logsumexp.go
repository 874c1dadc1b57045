package simd

import "math"

// LogSumExp computes y = ln Σ e^x over the middle axis of x [outer, n, inner]: y, top, others [outer, inner]. It leaves,
// for the way back, the largest x and Σ e^(x - top) of all others: y = top + ln(1 + others). It is +Inf where an x is,
// and -Inf where all are or n is 0; others is 0 there.
//
// The kernel is within 2 ulp of the twin, counted in those of the larger of top and ln(1 + others).
func LogSumExp[T Float](y, top, others []T, x []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{outer, n, inner}, logSumExp{f32(y), f32(top), f32(others), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		t, o := topAndOthers(x, from, from+n*inner, inner)
		if math.IsInf(t, 0) {
			o = 0
		}
		top[k], others[k] = T(t), T(o)
		y[k] = T(t + math.Log1p(o))
	}
}

type logSumExp struct{ y, top, others, x []float32 }

func (w logSumExp) block(b lineBlock) {
	var top lineFloats
	var others lineSums
	b.largest(&top, w.x)
	b.others(&others, w.x, &top)
	for i, o := range others[:b.lines] {
		k := b.line + i
		if math.IsInf(float64(top[i]), 0) {
			from, step := b.element(i)
			top[i], _ = peak(w.x, 1, from, from+b.n*step, step) // a NaN was perhaps passed over
			if o = 0; top[i] != top[i] {
				o = math.NaN()
			}
		}
		w.top[k], w.others[k] = top[i], float32(o)
		w.y[k] = float32(float64(top[i]) + math.Log1p(o))
	}
}

// LogSumExpBackward computes dx [outer, n, inner] = dy e^(x - top) / (1 + others) + beta * dx.
//
// The kernel is within 3 + |x - top| ulp of the twin.
func LogSumExpBackward[T Float](dx []T, beta T, dy, top, others, x []T, outer, n, inner int) {
	if level, ok := vectors[T](); ok {
		w := logSumExpBackward{f32(dx), float32(beta), f32(dy), f32(top), f32(others), f32(x)}
		onLines(level, lineGrid{outer, n, inner}, w)
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		factor := float64(dy[k]) / (1 + float64(others[k]))
		for j := from; j < from+n*inner; j += inner {
			put(dx, beta, j, T(factor*math.Exp(float64(x[j])-float64(top[k]))))
		}
	}
}

type logSumExpBackward struct {
	dx                 []float32
	beta               float32
	dy, top, others, x []float32
}

func (w logSumExpBackward) block(b lineBlock) {
	var factor lineFloats
	for i := range b.lines {
		k := b.line + i
		factor[i] = float32(float64(w.dy[k]) / (1 + float64(w.others[k])))
	}
	if b.byRow {
		logSumExpBackwardRowsKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, w.x[b.from:], w.top[b.line:], factor[:])
	} else {
		logSumExpBackwardColumnsKernel(b.level, b.n, b.lines, b.stride, w.dx[b.from:], w.beta, w.x[b.from:], w.top[b.line:], factor[:])
	}
}
