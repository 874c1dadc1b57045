package simd

import "math"

// CrossEntropy computes for every row of x [n, c] the cross-entropy between softmax(x) and the row's label:
//
//	loss [n] = -(1 - smoothing) ln p[label] - smoothing/c Σ ln p,  0 where the label is ignore
//
// It leaves ln Σ e^x in two parts, top [n] and spread [n], for the way back. Other labels are in [0, c).
func CrossEntropy[T Float](loss []T, top, spread []float64, x []T, labels []int32, ignore int, smoothing float64) {
	c := rowLength(len(x), len(loss))
	for r, label := range labels {
		if int(label) == ignore {
			loss[r] = 0
			continue
		}
		row := x[r*c : (r+1)*c]
		top[r], spread[r] = logSum(row, 0, c, 1)
		l := top[r] - float64(row[label]) + spread[r]
		if smoothing != 0 { // 0 times an infinite sum would be NaN
			var below float64
			for _, v := range row {
				below += top[r] - float64(v)
			}
			l = (1-smoothing)*l + smoothing*(below/float64(c)+spread[r])
		}
		loss[r] = T(l)
	}
}

// CrossEntropyBackward computes dx [n, c] = dy (p - smoothing/c - (1 - smoothing) at the label) + beta * dx, and
// nothing where the label is ignore: NaN does not come back from there.
func CrossEntropyBackward[T Float](dx []T, beta T, dy []T, top, spread []float64, x []T, labels []int32, ignore int, smoothing float64) {
	c := rowLength(len(x), len(dy))
	even := smoothing / float64(c)
	for r, label := range labels {
		row, d := x[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		if int(label) == ignore {
			if beta == 0 {
				clear(d)
			}
			continue
		}
		g := float64(dy[r])
		for j, v := range row {
			logp := float64(v) - top[r] - spread[r]
			if j == int(label) {
				put(d, beta, j, T(g*(math.Expm1(logp)+smoothing-even)))
			} else {
				put(d, beta, j, T(g*(math.Exp(logp)-even)))
			}
		}
	}
}

// rowLength returns how many elements each of n rows has.
func rowLength(elements, n int) int {
	if n == 0 {
		return 0
	}
	return elements / n
}
