package paper

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/heft-ml/heft/lab/figure"
)

// Row is one quantity that was measured.
type Row struct {
	Label  string
	Values []float64 // of seed 1, 2, ...; one that is not finite is an overflow
	Limits *Limits   // that the rule puts on it; nil: it is only shown
}

// Limits are the range that a quantity must be in.
type Limits struct {
	Lo, Hi float64 // infinite where there is none
	Open   bool    // the ends do not belong to it
	Every  bool    // each seed's value must be in it, not just their mean
}

// within is a range with its ends; it may be one number.
func within(lo, hi float64) *Limits { return &Limits{Lo: lo, Hi: hi} }

// below is all that is less.
func below(hi float64) *Limits { return &Limits{Lo: math.Inf(-1), Hi: hi, Open: true} }

// above is all that is more.
func above(lo float64) *Limits { return &Limits{Lo: lo, Hi: math.Inf(1), Open: true} }

// everySeed asks it of each seed.
func (l Limits) everySeed() *Limits {
	l.Every = true
	return &l
}

func (l Limits) contain(v float64) bool {
	if l.Open {
		return v > l.Lo && v < l.Hi
	}
	return v >= l.Lo && v <= l.Hi
}

// String says it in a few words.
func (l Limits) String() string {
	text := figure.Number(l.Lo) + " to " + figure.Number(l.Hi)
	switch {
	case l.Lo == l.Hi:
		text = "exactly " + figure.Number(l.Lo)
	case math.IsInf(l.Lo, -1):
		text = "below " + figure.Number(l.Hi)
	case math.IsInf(l.Hi, 1):
		text = "above " + figure.Number(l.Lo)
	}
	if l.Every {
		text += ", every seed"
	}
	return text
}

// Mean is that of the values.
func (r Row) Mean() float64 { return stat.Mean(r.Values, nil) }

// Interval is where the mean of ever more seeds is to be expected with a confidence of 95%: the mean and, to both sides,
// the standard error times the quantile of Student's distribution.
func (r Row) Interval() (lo, hi float64) {
	mean, std := stat.MeanStdDev(r.Values, nil)
	n := float64(len(r.Values))
	reach := float64(distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * std / math.Sqrt(n))
	return mean - reach, mean + reach
}

// Range is from the least to the greatest value.
func (r Row) Range() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range r.Values {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	return lo, hi
}

// Holds tells whether the row is within its limits; a number that is none is in no range.
func (r Row) Holds() bool {
	if r.Limits == nil {
		return true
	}
	if !r.Limits.Every {
		return r.Limits.contain(r.Mean())
	}
	for _, v := range r.Values {
		if !r.Limits.contain(v) {
			return false
		}
	}
	return len(r.Values) > 0
}
