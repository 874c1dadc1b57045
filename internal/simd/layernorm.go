package simd

import "math"

// Moments returns the mean of x and the mean of squared distances from it, in two passes.
func Moments[T Float](x []T) (mean, variance float64) {
	n := len(x)
	mean = Sum(x) / float64(n)
	if level, ok := vectors[T](); ok {
		var m means
		var squares lineSums
		m.set(0, mean)
		lineGrid{1, n, 1}.block(level, 0).squares(&squares, f32(x), &m)
		return mean, squares[0] / float64(n)
	}
	for _, v := range x {
		d := float64(v) - mean
		variance += float64(d * d)
	}
	return mean, variance / float64(n)
}

// LayerNorm computes y = (x - mean) * rstd * gain + shift for the rows of x [n, c], with the mean of each row and
// rstd = 1/sqrt(variance + eps): mean, rstd [n], gain, shift [c]. A nil gain is 1, a nil shift 0. The statistics take two
// passes and are carried in float64.
//
// The kernel is within 3 ulp of the twin, counted in those of the larger of shift and what it is added to.
func LayerNorm[T Float](y []T, mean, rstd []float64, x, gain, shift []T, eps float64) {
	normalizeRows(y, mean, rstd, x, gain, shift, eps)
}

// RMSNorm computes y = x * rstd * gain for the rows of x [n, c], with rstd = 1/sqrt(mean(x²) + eps): rstd [n], gain [c].
// A nil gain is 1.
//
// The kernel is within 3 ulp of the twin.
func RMSNorm[T Float](y []T, rstd []float64, x, gain []T, eps float64) {
	normalizeRows(y, nil, rstd, x, gain, nil, eps)
}

// normalizeRows does layer normalization, or RMS normalization where mean is nil.
func normalizeRows[T Float](y []T, mean, rstd []float64, x, gain, shift []T, eps float64) {
	n := len(rstd)
	c := rowLength(len(x), n)
	if level, ok := vectors[T](); ok {
		onLines(level, lineGrid{n, c, 1}, layerNorm{f32(y), mean, rstd, f32(x), f32(gain), f32(shift), eps})
		return
	}
	for r := range rstd {
		row, to := x[r*c:(r+1)*c], y[r*c:(r+1)*c]
		var m, squares float64
		if mean != nil {
			m, squares = Moments(row)
			mean[r] = m
		} else {
			squares = SumSquares(row) / float64(c)
		}
		s := 1 / math.Sqrt(squares+eps)
		rstd[r] = s
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

type layerNorm struct {
	y              []float32
	mean, rstd     []float64
	x, gain, shift []float32
	eps            float64
}

func (w layerNorm) block(b lineBlock) {
	var m means
	var sum lineSums
	var scale lineFloats
	if w.mean != nil {
		b.sum(&sum, w.x)
		for i, s := range sum[:b.lines] {
			mean := s / float64(b.n)
			w.mean[b.line+i] = mean
			m.set(i, mean)
		}
	}
	b.squares(&sum, w.x, &m)
	for i, s := range sum[:b.lines] {
		rstd := 1 / math.Sqrt(s/float64(b.n)+w.eps)
		w.rstd[b.line+i] = rstd
		scale[i] = float32(rstd)
	}
	y, x := w.y[b.from:], w.x[b.from:]
	switch {
	case w.gain != nil && w.shift != nil:
		normalizeGainShiftKernel(b.level, b.lines, b.n, b.stride, y, x, w.gain, w.shift, m.high[:], m.low[:], scale[:])
	case w.gain != nil:
		normalizeGainKernel(b.level, b.lines, b.n, b.stride, y, x, w.gain, m.high[:], m.low[:], scale[:])
	case w.shift != nil:
		normalizeShiftKernel(b.level, b.lines, b.n, b.stride, y, x, w.shift, m.high[:], m.low[:], scale[:])
	default:
		b.normalize(w.y, w.x, &m, &scale, &lineFloats{})
	}
}

// LayerNormBackward computes the gradient of [LayerNorm] with respect to x [n, c], or of [RMSNorm] where mean is nil. With
// h = (x - mean) * rstd, g = dy * gain, and means over the row:
//
//	dx = rstd * (g - mean(g) - h * mean(g h)) + beta * dx
//
// Without a mean, mean(g) is left out.
//
// The kernel is within 5 ulp of the twin, counted in those of the largest of the three terms.
func LayerNormBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T) {
	n := len(rstd)
	c := rowLength(len(x), n)
	if level, ok := vectors[T](); ok {
		w := layerNormBackward{f32(dx), float32(beta), f32(dy), f32(x), mean, rstd, f32(gain)}
		onLines(level, lineGrid{n, c, 1}, w)
		return
	}
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, dy, dx := x[r*c:(r+1)*c], dy[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		var meanG, meanGH float64
		for j, v := range row {
			g := weighted(dy, gain, j)
			meanG += g
			meanGH += float64(g * (float64(v) - m) * s)
		}
		meanG, meanGH = meanG/float64(c), meanGH/float64(c)
		if mean == nil {
			meanG = 0
		}
		for j, v := range row {
			h := (float64(v) - m) * s
			put(dx, beta, j, T(s*(weighted(dy, gain, j)-meanG-float64(h*meanGH))))
		}
	}
}

type layerNormBackward struct {
	dx         []float32
	beta       float32
	dy, x      []float32
	mean, rstd []float64
	gain       []float32
}

func (w layerNormBackward) block(b lineBlock) {
	var m means
	var total, product lineSums
	var push, pull, scale lineFloats
	if w.mean != nil {
		m.setAll(w.mean[b.line : b.line+b.lines])
	}
	dx, dy, x := w.dx[b.from:], w.dy[b.from:], w.x[b.from:]
	if w.gain == nil {
		b.normalizeSums(&total, &product, w.dy, w.x, &m)
	} else {
		normalizeGainSumsKernel(b.level, b.lines, b.n, b.stride, dy, w.gain, x, m.high[:], m.low[:], total[:], product[:])
	}
	for i, s := range w.rstd[b.line : b.line+b.lines] {
		if w.mean != nil {
			push[i] = float32(total[i] / float64(b.n))
		}
		pull[i] = float32(s * s * product[i] / float64(b.n))
		scale[i] = float32(s)
	}
	if w.gain == nil {
		b.normalizeBackward(w.dx, w.beta, w.dy, w.x, &m, &push, &pull, &scale)
	} else {
		normalizeGainBackwardKernel(b.level, b.lines, b.n, b.stride, dx, w.beta, dy, w.gain, x, m.high[:], m.low[:], push[:], pull[:], scale[:])
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
	return float64(float64(dy[j]) * float64(gain[j]))
}
