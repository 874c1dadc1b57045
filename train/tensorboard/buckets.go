package tensorboard

import (
	"math"
	"sort"
	"sync"
)

// The buckets are those of TensorFlow's histogram.cc: right edges at ±1e-12·1.1^k below 1e20, at 0 and at ±MaxFloat64. A
// bucket holds its left edge and not its right one.

const (
	positiveLimits = 775 // the powers, and MaxFloat64
	numBuckets     = 2*positiveLimits + 1
	zeroLimit      = positiveLimits // where 0 is among the limits
)

// The cell of a float32 is its sign, its exponent and the upper 4 bits of its mantissa. The end of a cell is at most 1/16
// beyond its start, and limits lie 1/10 apart, so that the values of a cell fall into one bucket or into two neighbours.
const (
	cellShift = 23 - 4
	numCells  = 1 << (32 - cellShift)
	inCell    = 1<<cellShift - 1 // the bits that differ within a cell
)

// scale is what finding a value's bucket takes.
type scale struct {
	limits [numBuckets]float64
	first  [numCells]uint16 // the bucket of the least value in a cell; those of NaN and infinity are not used
}

// classic makes the scale once. Its limits come from repeated products, as in histogram.cc, so they have the same bits.
var classic = sync.OnceValue(func() *scale {
	s := new(scale)
	v := 1e-12
	for i := 1; i < positiveLimits; i++ {
		s.limits[zeroLimit+i], s.limits[zeroLimit-i] = v, -v
		v *= 1.1
	}
	s.limits[0], s.limits[numBuckets-1] = -math.MaxFloat64, math.MaxFloat64
	for cell := range s.first {
		bits := uint32(cell) << cellShift
		if least := float64(math.Float32frombits(bits)); math.Signbit(least) {
			bits |= inCell
		}
		s.first[cell] = uint16(s.search(float64(math.Float32frombits(bits))))
	}
	return s
})

// search finds a value's bucket as histogram.cc does.
func (s *scale) search(v float64) int {
	return sort.Search(numBuckets-1, func(i int) bool { return s.limits[i] > v })
}

// bucket finds the bucket of a finite v.
func (s *scale) bucket(v float32) int {
	n := int(s.first[math.Float32bits(v)>>cellShift])
	if float64(v) >= s.limits[n] {
		n++
	}
	return n
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
