package tensorboard

import (
	"math"
	"slices"
	"sync"
)

// The buckets are those of TensorFlow's histogram.cc: right edges at ±1e-12·1.1^k below 1e20, at 0 and at ±MaxFloat64. A
// bucket holds its left edge and not its right one.

const (
	positiveLimits = 775 // the powers, and MaxFloat64
	numBuckets     = 2*positiveLimits + 1
	zeroLimit      = positiveLimits // the bucket whose right edge is 0
)

// The cell of a finite float32 is its exponent and the upper 4 bits of its mantissa. A cell is at most 1/16 wider at its end than at
// its start, and limits lie 1/10 apart, so at most one limit is within a cell.
const (
	cellShift = 23 - 4
	numCells  = 0x7f800000 >> cellShift // below infinity
)

// scale is what finding a value's bucket takes.
type scale struct {
	limits   [numBuckets]float64
	positive []float64        // the part of limits above 0
	below    [numCells]uint16 // how many positive limits are below the start of a cell
}

// classic makes the scale once. Its limits come from repeated products, as in histogram.cc, so they have the same bits.
var classic = sync.OnceValue(func() *scale {
	s := new(scale)
	s.positive = s.limits[zeroLimit+1:]
	i := 0
	for v := 1e-12; v < 1e20; v *= 1.1 {
		s.positive[i] = v
		i++
	}
	s.positive[i] = math.MaxFloat64
	for i, v := range s.positive {
		s.limits[zeroLimit-1-i] = -v
	}
	for cell := range s.below {
		start := float64(math.Float32frombits(uint32(cell) << cellShift))
		n, _ := slices.BinarySearch(s.positive, start)
		s.below[cell] = uint16(n)
	}
	return s
})

// bucket finds the bucket of a finite v. No limit but 0 is a float32, so on which side an edge belongs matters at 0 only.
func (s *scale) bucket(v float32) int {
	size := math.Abs(float64(v))
	n := int(s.below[math.Float32bits(v)<<1>>1>>cellShift])
	if size >= s.positive[n] {
		n++
	}
	if v < 0 {
		return zeroLimit - n
	}
	return zeroLimit + 1 + n
}

// counter counts values into buckets. Its memory serves again.
type counter struct {
	counts    [numBuckets]int
	histogram Histogram
}

// count returns the histogram of the finite values, good until the next call.
func (c *counter) count(values []float32) *Histogram {
	s := classic()
	clear(c.counts[:])
	num, sum, sumSquares, lo, hi := 0, 0.0, 0.0, math.Inf(1), math.Inf(-1)
	for _, value := range values {
		v := float64(value)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		c.counts[s.bucket(value)]++
		num++
		sum += v
		sumSquares += v * v // exact in float64, so the same with and without FMA
		lo, hi = min(lo, v), max(hi, v)
	}
	if num == 0 {
		lo, hi = 0, 0
	}
	h := &c.histogram
	*h = Histogram{lo, hi, float64(num), sum, sumSquares, h.Limits[:0], h.Counts[:0]}
	c.collapse(s)
	return h
}

// collapse writes the buckets into the histogram, a run of empty ones as one.
func (c *counter) collapse(s *scale) {
	h := &c.histogram
	for i, n := range c.counts {
		if n == 0 && i+1 < numBuckets && c.counts[i+1] == 0 {
			continue
		}
		h.Limits = append(h.Limits, s.limits[i])
		h.Counts = append(h.Counts, float64(n))
	}
}
