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
