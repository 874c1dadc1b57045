package lab

import "math"

// Stats describes a block of numbers. Where one of them is not finite, the sums are not either.
type Stats struct {
	N            int       // how many numbers; 0: there were none, and all else is 0
	Mean         float64   //
	Std          float64   // standard deviation around Mean, divided by N
	SecondMoment float64   // mean of squares
	MeanAbs      float64   // mean of absolute values
	Norm         float64   // Euclidean
	Min, Max     float64   // of the finite ones
	Zero         float64   // share of exact zeros
	NonFinite    float64   // share of NaN and infinities
	Histogram    Histogram // of the finite ones
}

// StatsOf describes the values times a factor. Sums are carried in float64.
func StatsOf(values []float32, factor float64) Stats {
	s := Stats{N: len(values)}
	if s.N == 0 {
		return s
	}
	n := float64(s.N)
	var sum, squares, absolute float64
	var zeros, finite int
	for _, v := range values {
		x := factor * float64(v)
		sum += x
		squares += float64(x * x)
		absolute += math.Abs(x)
		if x == 0 {
			zeros++
		}
		if x-x != 0 {
			continue
		}
		if finite == 0 {
			s.Min, s.Max = x, x
		}
		s.Min, s.Max = min(s.Min, x), max(s.Max, x)
		finite++
	}
	s.Mean, s.SecondMoment, s.Norm = sum/n, squares/n, math.Sqrt(squares)
	s.MeanAbs = absolute / n
	s.Zero, s.NonFinite = float64(zeros)/n, float64(s.N-finite)/n
	var spread float64
	for _, v := range values {
		d := float64(factor*float64(v)) - s.Mean
		spread += float64(d * d)
	}
	s.Std = math.Sqrt(spread / n)
	s.Histogram = histogramOf(values, factor, s.Min, s.Max)
	return s
}

// histogramBins is how finely a histogram tells values apart.
const histogramBins = 64

// Histogram counts values in bins of equal width between Lo and Hi, both included.
type Histogram struct {
	Lo, Hi float64
	Counts []int // one bin if Lo is Hi; none without values
}

func histogramOf(values []float32, factor, lo, hi float64) Histogram {
	h := Histogram{Lo: lo, Hi: hi, Counts: make([]int, histogramBins)}
	scale := histogramBins / (hi - lo)
	if lo == hi || math.IsInf(scale, 0) { // a single value, or a range that has no width in float64
		h.Counts = h.Counts[:1]
		scale = 0
	}
	last := len(h.Counts) - 1
	for _, v := range values {
		if x := factor * float64(v); x-x == 0 {
			h.Counts[min(int((x-lo)*scale), last)]++
		}
	}
	return h
}

// Total returns how many values were counted.
func (h Histogram) Total() (n int) {
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Density returns each bin's share of the values divided by its width: a histogram of area 1. A histogram of one value
// has no width and no density: nil.
func (h Histogram) Density() []float64 {
	total := h.Total()
	if total == 0 || len(h.Counts) < 2 {
		return nil
	}
	width := (h.Hi - h.Lo) / float64(len(h.Counts))
	d := make([]float64, len(h.Counts))
	for i, c := range h.Counts {
		d[i] = float64(c) / float64(total) / width
	}
	return d
}
