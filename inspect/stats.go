package inspect

import (
	"context"
	"math"

	"github.com/heft-ml/heft/dtype"
)

// Bins is how many bins a histogram has.
const Bins = 16

// Stats describes the values of one tensor. NaN and infinities are counted in NaN, PosInf and NegInf and nowhere else.
// When Finite is 0, Min, Max, Mean and Std are NaN.
type Stats struct {
	Finite    int       `json:"finite"`  // values that are numbers
	NaN       int       `json:"nan"`     // values that are not
	PosInf    int       `json:"pos_inf"` // values of +Inf
	NegInf    int       `json:"neg_inf"` // values of -Inf
	Min       Number    `json:"min"`
	Max       Number    `json:"max"`
	Mean      Number    `json:"mean"`
	Std       Number    `json:"std"`       // of the values as a whole population: PyTorch's std(correction=0)
	Histogram [Bins]int `json:"histogram"` // counts in bins of equal width over [Min, Max]; equal values are all in bin 8
}

// newStats measures a tensor in two walks: its extent first, then its moments and histogram. It returns nil when the dtype
// has no numbers that can be read or there are no values. The only error is that of ctx.
func newStats(ctx context.Context, t dtype.Tensor) (*Stats, error) {
	if !readable(t.DType) || len(t.Data) == 0 {
		return nil, nil
	}
	s := &Stats{Min: Number(math.Inf(1)), Max: Number(math.Inf(-1))}
	for x := range chunks(t) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.extent(x)
	}
	if s.Finite == 0 {
		nan := Number(math.NaN())
		s.Min, s.Max, s.Mean, s.Std = nan, nan, nan, nan
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
	return s, nil
}

// extent counts values and widens [Min, Max] to hold them.
func (s *Stats) extent(x []float64) {
	lo, hi := float64(s.Min), float64(s.Max)
	for _, v := range x {
		switch {
		case v-v == 0: // neither NaN nor infinite
			s.Finite++
			lo, hi = min(lo, v), max(hi, v)
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

// distribution gathers moments and a histogram of finite values between lo and hi. It works on values times scale, a power
// of two that brings them near 1, so that no square overflows or vanishes.
type distribution struct {
	lo, hi, scale float64 // lo and hi are scaled
	exponent      int     // scale is 2^-exponent
	n             float64
	center        float64 // mean of the scaled values
	squares       float64 // sum of their squared distances from it
	perBin        float64 // bins per scaled unit; 0 when lo is hi
	histogram     [Bins]int
	finite        []float64 // room for one chunk
}

// maxExponent keeps both the scale and its inverse normal numbers.
const maxExponent = 1000

func newDistribution(lo, hi float64) *distribution {
	_, e := math.Frexp(max(math.Abs(lo), math.Abs(hi)))
	e = min(max(e, -maxExponent), maxExponent)
	scale := math.Ldexp(1, -e)
	d := &distribution{lo: lo * scale, hi: hi * scale, scale: scale, exponent: e}
	if d.hi > d.lo {
		d.perBin = Bins / (d.hi - d.lo)
	}
	return d
}

// add takes in one chunk. The chunk's own mean and squares are joined to those so far as in Chan, Golub and LeVeque,
// "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (Stanford STAN-CS-79-773), equation 2.1.
func (d *distribution) add(x []float64) {
	d.finite = d.finite[:0]
	sum := 0.0
	for _, v := range x {
		if v-v == 0 {
			v *= d.scale
			sum += v
			d.finite = append(d.finite, v)
			d.histogram[d.bin(v)]++
		}
	}
	n := float64(len(d.finite))
	if n == 0 {
		return
	}
	center, squares := sum/n, 0.0
	for _, v := range d.finite {
		squares += (v - center) * (v - center)
	}
	total := d.n + n
	gap := center - d.center
	d.squares += squares + gap*gap*(d.n*n/total)
	d.center += gap * (n / total)
	d.n = total
}

func (d *distribution) bin(v float64) int {
	if d.perBin == 0 {
		return Bins / 2
	}
	return min(int((v-d.lo)*d.perBin), Bins-1)
}

// mean lies between the smallest and the largest value, whatever the rounding.
func (d *distribution) mean() float64 {
	return math.Ldexp(min(max(d.center, d.lo), d.hi), d.exponent)
}

// std is at most half the distance between the smallest and the largest value (Popoviciu's inequality), whatever the
// rounding.
func (d *distribution) std() float64 {
	return math.Ldexp(min(math.Sqrt(d.squares/d.n), d.hi/2-d.lo/2), d.exponent)
}
