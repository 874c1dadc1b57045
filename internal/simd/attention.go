package simd

import (
	"math"

	"github.com/heft-ml/heft/internal/isa"
)

// The functions of this file are steps of attention on scores x [rows, n] of some queries and all keys that they see.
// They run on one processor: attention is divided above them. A row has a top, which is its largest score, and a scale,
// which is 1 / Σ e^(x - top). Both are 0 for a row of nothing but -Inf, which sees no key: its weights are zeros.

// ScorePowers computes x = e^(x - top), and every row's top and scale. A row that holds NaN or +Inf becomes NaN.
//
// The kernel rounds x - top: it is within 3 + |x - top| ulp of the twin.
func ScorePowers[T Float](x []T, rows, n int, top, scale []T) {
	level, ok := vectors[T]()
	if !ok {
		for r := range rows {
			top[r], scale[r] = scorePowers(x[r*n : (r+1)*n])
		}
		return
	}
	onRows(level, rows, n, n, func(b lineBlock) {
		var sum lineSums
		tops := f32(top)[b.line : b.line+b.lines]
		largestRowsKernel(b.level, b.lines, b.n, b.stride, f32(x)[b.from:], tops)
		for i, t := range tops {
			if t == float32(math.Inf(-1)) {
				tops[i] = 0
			}
		}
		softmaxPowerRowsKernel(b.level, b.lines, b.n, b.stride, f32(x)[b.from:], f32(x)[b.from:], tops, sum[:])
		for i, s := range sum[:b.lines] {
			f32(scale)[b.line+i] = float32(inverse(s))
		}
	})
}

// scorePowers is ScorePowers of one row.
func scorePowers[T Float](x []T) (top, scale T) {
	largest := math.Inf(-1)
	for _, v := range x {
		largest = max(largest, float64(v))
	}
	if math.IsInf(largest, -1) {
		largest = 0
	}
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v) - largest)
		x[i] = T(e)
		sum += e
	}
	return T(largest), T(inverse(sum))
}

// inverse is 1/s, or 0 for a sum of nothing.
func inverse(s float64) float64 {
	if s == 0 {
		return 0
	}
	return 1 / s
}

// ScoreWeights computes x = scale e^(x - top): the weights of softmax, from what [ScorePowers] left of every row.
//
// The kernel is within 3 + |x - top| ulp of the twin.
func ScoreWeights[T Float](x []T, rows, n int, top, scale []T) {
	if level, ok := vectors[T](); ok {
		onRows(level, rows, n, n, func(b lineBlock) {
			logSumExpBackwardRowsKernel(b.level, b.lines, b.n, b.stride, f32(x)[b.from:], 0, f32(x)[b.from:], f32(top)[b.line:], f32(scale)[b.line:])
		})
		return
	}
	for r := range rows {
		for i, v := range x[r*n : (r+1)*n] {
			x[r*n+i] = T(float64(scale[r]) * math.Exp(float64(v)-float64(top[r])))
		}
	}
}

// ScoreGradients computes dw = w (dw - dot), with a dot of every row: the gradient of scores whose softmax is w, from
// that of w.
//
// The kernel is within 3 ulp of the twin, counted in those of w times the larger of dw and dot.
func ScoreGradients[T Float](dw, w []T, rows, n int, dot []float64) {
	if level, ok := vectors[T](); ok {
		onRows(level, rows, n, n, func(b lineBlock) {
			var m means
			m.setAll(dot[b.line : b.line+b.lines])
			softmaxBackwardRowsKernel(b.level, b.lines, b.n, b.stride, f32(dw)[b.from:], 0, f32(dw)[b.from:], f32(w)[b.from:], m.high[:], m.low[:])
		})
		return
	}
	for r := range rows {
		for i := r * n; i < (r+1)*n; i++ {
			dw[i] = T(float64(w[i]) * (float64(dw[i]) - dot[r]))
		}
	}
}

// ScaleRows computes y = scale y of every row of y [rows, n], which are stride apart.
func ScaleRows[T Float](y []T, rows, n, stride int, scale []T) {
	if level, ok := vectors[T](); ok {
		onRows(level, rows, n, stride, func(b lineBlock) {
			scaleRowsKernel(b.level, b.lines, b.n, b.stride, f32(y)[b.from:], f32(scale)[b.line:])
		})
		return
	}
	for r := range rows {
		for i := range n {
			y[r*stride+i] *= scale[r]
		}
	}
}

// DotRows computes dot = Σ x z of every row of x and z [rows, n], which are stride apart in both.
func DotRows[T Float](dot []float64, x, z []T, rows, n, stride int) {
	if level, ok := vectors[T](); ok {
		onRows(level, rows, n, stride, func(b lineBlock) {
			dotRowsKernel(b.level, b.lines, b.n, b.stride, f32(x)[b.from:], f32(z)[b.from:], dot[b.line:])
		})
		return
	}
	for r := range rows {
		dot[r] = 0
		for i := r * stride; i < r*stride+n; i++ {
			dot[r] += float64(float64(x[i]) * float64(z[i]))
		}
	}
}

// onRows calls f for all rows of a matrix, a block of them at a time.
func onRows(level isa.Level, rows, n, stride int, f func(b lineBlock)) {
	for r := 0; r < rows; r += blockLines {
		f(lineBlock{level, true, r, min(blockLines, rows-r), r * stride, n, stride})
	}
}
