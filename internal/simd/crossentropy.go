package simd

import (
	"math"
	"unsafe"
)

// CrossEntropy computes for every row of x [n, c] the cross-entropy between softmax(x) and the row's label:
//
//	loss [n] = -(1 - smoothing) ln p[label] - smoothing/c Σ ln p,  0 where the label is ignore
//
// It leaves, for the way back, the largest x of every row, top [n], and Σ e^(x - top) of all others, others [n]. Labels
// but ignore are in [0, c).
//
// The kernel is within 3 ulp of the twin, and as many more as the second largest x is below the largest.
func CrossEntropy[T Float](loss, top, others []T, x []T, labels []int32, ignore int, smoothing float64) {
	n := len(loss)
	c := rowLength(len(x), n)
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{n, c, 1}, crossEntropy{f32(loss), f32(top), f32(others), f32(x), labels, ignore, smoothing})
		return
	}
	for r, label := range labels {
		if int(label) == ignore {
			loss[r] = 0
			continue
		}
		row := x[r*c : (r+1)*c]
		t, o := topAndOthers(row, 0, c, 1)
		top[r], others[r] = T(t), T(o)
		spread := math.Log1p(o)
		l := t - float64(row[label]) + spread
		if smoothing != 0 { // 0 times an infinite sum would be NaN
			var below float64
			for _, v := range row {
				below += t - float64(v)
			}
			l = smoothed(l, smoothing, below/float64(c)+spread)
		}
		loss[r] = T(l)
	}
}

// smoothed mixes -ln p of the label with the mean of all.
func smoothed(l, smoothing, mean float64) float64 {
	return float64((1-smoothing)*l) + float64(smoothing*mean)
}

type crossEntropy struct {
	loss, top, others, x []float32
	labels               []int32
	ignore               int
	smoothing            float64
}

func (w crossEntropy) block(b lineBlock) {
	var top, spread lineFloats
	var others, total lineSums
	b.largest(&top, w.x)
	b.others(&others, w.x, &top)
	for i, v := range others[:b.lines] {
		spread[i] = float32(v)
	}
	copy(w.top[b.line:], top[:b.lines])
	copy(w.others[b.line:], spread[:b.lines])
	logOnePlusKernel(b.level, 1, b.lines, b.lines, spread[:], spread[:])
	if w.smoothing != 0 {
		b.sum(&total, w.x)
	}
	for i, label := range w.labels[b.line : b.line+b.lines] {
		loss := &w.loss[b.line+i]
		if int(label) == w.ignore {
			*loss = 0
			continue
		}
		*loss = top[i] - w.x[b.from+i*b.n+int(label)] + spread[i]
		if w.smoothing != 0 {
			mean := float64(top[i]) - total[i]/float64(b.n) + float64(spread[i])
			*loss = float32(smoothed(float64(*loss), w.smoothing, mean))
		}
	}
}

// CrossEntropyBackward computes dx [n, c] = dy (p - smoothing/c - (1 - smoothing) at the label) + beta * dx, and
// nothing where the label is ignore: NaN does not come back from there.
//
// The kernel is within 4 + |x - top| ulp of the twin, with smoothing counted in those of dy.
func CrossEntropyBackward[T Float](dx []T, beta T, dy, top, others, x []T, labels []int32, ignore int, smoothing float64) {
	n := len(dy)
	c := rowLength(len(x), n)
	if level, ok := vectors[T](); ok {
		w := crossEntropyBackward{f32(dx), float32(beta), f32(dy), f32(top), f32(others), f32(x), words(labels), word(ignore), float32(smoothing)}
		onLines(level, lineGrid{n, c, 1}, w)
		return
	}
	even := smoothing / float64(c)
	for r, label := range labels {
		row, d := x[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		if int(label) == ignore {
			if beta == 0 {
				clear(d)
			}
			continue
		}
		g, scale := float64(dy[r]), 1/(1+float64(others[r]))
		for j, v := range row {
			below := float64(v) - float64(top[r])
			p := math.Exp(below) * scale
			switch {
			case j != int(label):
				put(d, beta, j, T(g*(p-even)))
			case below == 0: // p - 1 is what the others have
				put(d, beta, j, T(g*(smoothing-even-float64(others[r])*scale)))
			default:
				put(d, beta, j, T(g*(p-1+smoothing-even)))
			}
		}
	}
}

type crossEntropyBackward struct {
	dx                 []float32
	beta               float32
	dy, top, others, x []float32
	labels             []uint32
	ignore             uint32
	smoothing          float32
}

func (w crossEntropyBackward) block(b lineBlock) {
	even := w.smoothing / float32(b.n)
	crossEntropyBackwardKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, w.x[b.from:],
		w.top[b.line:], w.others[b.line:], w.dy[b.line:], w.labels[b.line:], even, w.smoothing, w.ignore, 0)
}

// words sees labels as their bits.
func words(labels []int32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(labels))), len(labels))
}

// word returns the bits of the label to ignore. What is no int32 is no label: it becomes -1, which is none either.
func word(ignore int) uint32 {
	if int(int32(ignore)) != ignore {
		ignore = -1
	}
	return uint32(int32(ignore))
}

// rowLength returns how many elements each of n rows has.
func rowLength(elements, n int) int {
	if n == 0 {
		return 0
	}
	return elements / n
}
