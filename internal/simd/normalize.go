package simd

// Moments returns the mean of x and the mean of squared distances from it, in two passes.
func Moments[T Float](x []T) (mean, variance float64) {
	mean = Sum(x) / float64(len(x))
	for _, v := range x {
		d := float64(v) - mean
		variance += d * d
	}
	return mean, variance / float64(len(x))
}

// NormalizeRows computes y = (x - mean) * rstd * gain + shift for the rows of x [n, c]: mean, rstd [n], gain, shift [c].
// A nil mean or shift is 0, a nil gain 1.
func NormalizeRows[T Float](y, x []T, mean, rstd []float64, gain, shift []T) {
	c := rowLength(len(x), len(rstd))
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, to := x[r*c:(r+1)*c], y[r*c:(r+1)*c]
		for j, v := range row {
			h := (float64(v) - m) * s
			if gain != nil {
				h *= float64(gain[j])
			}
			if shift != nil {
				h += float64(shift[j])
			}
			to[j] = T(h)
		}
	}
}

// NormalizeRowsBackward computes the gradient of [NormalizeRows] with respect to x [n, c], of which mean and rstd are
// made. With h = (x - mean) * rstd, g = dy * gain, and means over the row:
//
//	dx = rstd * (g - mean(g) - h * mean(g h)) + beta * dx
//
// Without a mean, mean(g) is left out.
func NormalizeRowsBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T) {
	c := rowLength(len(x), len(rstd))
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, dy, dx := x[r*c:(r+1)*c], dy[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		var meanG, meanGH float64
		for j, v := range row {
			g := weighted(dy, gain, j)
			meanG += g
			meanGH += g * (float64(v) - m) * s
		}
		meanG, meanGH = meanG/float64(c), meanGH/float64(c)
		if mean == nil {
			meanG = 0
		}
		for j, v := range row {
			h := (float64(v) - m) * s
			put(dx, beta, j, T(s*(weighted(dy, gain, j)-meanG-h*meanGH)))
		}
	}
}

// GainSums adds dy * (x - mean) * rstd over the rows of x [n, c] to sum [c]: the gradient of the gain.
func GainSums[T Float](sum []float64, dy, x []T, mean, rstd []float64) {
	c := len(sum)
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, dy := x[r*c:(r+1)*c], dy[r*c:(r+1)*c]
		for j, v := range row {
			sum[j] += float64(dy[j]) * (float64(v) - m) * s
		}
	}
}

// ShiftSums adds the rows of dy [n, c] to sum [c]: the gradient of the shift.
func ShiftSums[T Float](sum []float64, dy []T) {
	for ; len(dy) > 0; dy = dy[len(sum):] {
		for j := range sum {
			sum[j] += float64(dy[j])
		}
	}
}

// PutSums computes dx = sum + beta * dx.
func PutSums[T Float](dx []T, beta T, sum []float64) {
	sum = sum[:len(dx)]
	for i := range dx {
		put(dx, beta, i, T(sum[i]))
	}
}

func rowMean(mean []float64, r int) float64 {
	if mean == nil {
		return 0
	}
	return mean[r]
}

func weighted[T Float](dy, gain []T, j int) float64 {
	if gain == nil {
		return float64(dy[j])
	}
	return float64(dy[j]) * float64(gain[j])
}
