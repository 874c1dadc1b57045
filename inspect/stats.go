package inspect

import (
	"context"
	"math"

	"github.com/heft-ml/heft/dtype"
)

// Bins is how many bins a histogram has.
const Bins = 16

// Stats describes the values of one tensor. NaN and infinities are counted in NaN, PosInf and NegInf and nowhere else.
// When Finite is 0, Min, Max, Mean, Std and Percentiles are NaN. Outlier and Spectral see a tensor as a matrix of float32
// whose rows are its first dimension; they are NaN for one of fewer dimensions, and for one with a value that is not finite.
type Stats struct {
	Finite      int         `json:"finite"`  // values that are numbers
	NaN         int         `json:"nan"`     // values that are not
	PosInf      int         `json:"pos_inf"` // values of +Inf
	NegInf      int         `json:"neg_inf"` // values of -Inf
	Zeros       int         `json:"zeros"`   // values of 0 and -0
	Min         Number      `json:"min"`
	Max         Number      `json:"max"`
	Mean        Number      `json:"mean"`
	Std         Number      `json:"std"` // of the values as a whole population: PyTorch's std(correction=0)
	Percentiles Percentiles `json:"percentiles"`
	Outlier     Number      `json:"outlier"`   // largest absolute value of a row over the median of the rows'
	Spectral    Number      `json:"spectral"`  // largest singular value, by power iteration: from below, to about 1e-3
	Histogram   [Bins]int   `json:"histogram"` // counts in bins of equal width over [Min, Max]; equal values are all in bin 8
}

// newStats measures a tensor: its extent first, then its moments and histogram, then what needs more walks. It returns nil
// when the dtype has no numbers that can be read or there are no values. The only error is that of ctx.
func newStats(ctx context.Context, t dtype.Tensor) (*Stats, error) {
	if !t.DType.Castable() || len(t.Data) == 0 {
		return nil, nil
	}
	nan := Number(math.NaN())
	s := &Stats{Min: Number(math.Inf(1)), Max: Number(math.Inf(-1)), Outlier: nan, Spectral: nan}
	for x := range chunks(t) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.extent(x)
	}
	if s.Finite == 0 {
		s.Min, s.Max, s.Mean, s.Std = nan, nan, nan, nan
		s.Percentiles = Percentiles{nan, nan, nan, nan, nan, nan, nan}
		return s, nil
	}
	d := newDistribution(float64(s.Min), float64(s.Max))
	for x := range chunks(t) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d.add(x)
	}
	s.Mean, s.Std, s.Histogram = Number(d.mean()), Number(d.std()), d.histogram
	var err error
	if s.Percentiles, err = newPercentiles(ctx, t, s.Finite); err != nil {
		return nil, err
	}
	if m, ok := newMatrix(t); ok {
		s.Outlier = Number(m.outlier())
		norm, err := m.spectralNorm(ctx)
		if err != nil {
			return nil, err
		}
		s.Spectral = Number(norm)
	}
	return s, nil
}

// extent counts values and widens [Min, Max] to hold them.
func (s *Stats) extent(x []float64) {
	lo, hi := float64(s.Min), float64(s.Max)
	for _, v := range x {
		switch {
		case finite(v):
			s.Finite++
			if v == 0 {
				s.Zeros++
			}
			if v < lo {
				lo = v
			}
			if v > hi {
				hi = v
			}
		case v > 0:
			s.PosInf++
		case v < 0:
			s.NegInf++
		default:
			s.NaN++
		}
	}
	s.Min, s.Max = Number(lo), Number(hi)
}

// distribution gathers moments and a histogram of finite values. It works on their distances from the smallest one, times
// a power of two that brings the largest value near 1: then no square overflows or vanishes, and values that are large
// but near one another lose nothing.
type distribution struct {
	lowest   float64 // the smallest value, scaled
	scale    float64 // 2^-exponent
	exponent int
	extent   float64 // distance of the largest value
	perBin   float64 // bins per unit of distance; 0 when all values are equal

	n         float64
	center    float64 // mean distance
	squares   float64 // sum of the squared distances from center
	histogram [Bins]int
	distances []float64 // room for one chunk
}

// maxExponent keeps both the scale and its inverse normal numbers.
const maxExponent = 1000

func newDistribution(lo, hi float64) *distribution {
	_, e := math.Frexp(max(math.Abs(lo), math.Abs(hi)))
	e = min(max(e, -maxExponent), maxExponent)
	scale := math.Ldexp(1, -e)
	d := &distribution{lowest: lo * scale, scale: scale, exponent: e, extent: hi*scale - lo*scale}
	if d.extent > 0 {
		d.perBin = Bins / d.extent
	}
	return d
}

// add takes in one chunk. The chunk's own mean and squares are joined to those so far as in Chan, Golub and LeVeque,
// "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (Stanford STAN-CS-79-773), equation 2.1.
func (d *distribution) add(x []float64) {
	far := d.distances[:0]
	sum := 0.0
	for _, v := range x {
		if finite(v) {
			v = v*d.scale - d.lowest
			sum += v
			far = append(far, v)
		}
	}
	d.distances = far
	if len(far) == 0 {
		return
	}
	n := float64(len(far))
	center, squares := sum/n, 0.0
	for _, v := range far {
		squares += (v - center) * (v - center)
		d.histogram[d.bin(v)]++
	}
	total := d.n + n
	gap := center - d.center
	d.squares += squares + gap*gap*(d.n*n/total)
	d.center += gap * (n / total)
	d.n = total
}

func (d *distribution) bin(distance float64) int {
	if d.perBin == 0 {
		return Bins / 2
	}
	return min(int(distance*d.perBin), Bins-1)
}

// mean lies between the smallest and the largest value, whatever the rounding.
func (d *distribution) mean() float64 {
	return math.Ldexp(d.lowest+min(d.center, d.extent), d.exponent)
}

// std is at most half the distance between the smallest and the largest value (Popoviciu's inequality), whatever the
// rounding.
func (d *distribution) std() float64 {
	return math.Ldexp(min(math.Sqrt(d.squares/d.n), d.extent/2), d.exponent)
}

// finite tells whether v is neither NaN nor infinite.
func finite(v float64) bool { return v-v == 0 }
