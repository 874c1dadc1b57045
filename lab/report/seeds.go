package report

import (
	"math"
	"slices"

	"github.com/heft-ml/heft/lab"
)

// median returns the middle one of some numbers, of an even count the lower of the two in the middle, so that it is one
// that was measured. NaN counts as more than any number.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return sorted(values)[(len(values)-1)/2]
}

func sorted(values []float64) []float64 {
	s := slices.Clone(values)
	slices.SortFunc(s, func(a, b float64) int {
		switch {
		case a != a && b != b:
			return 0
		case a != a || a > b:
			return 1
		case b != b || a < b:
			return -1
		}
		return 0
	})
	return s
}

// across returns one number of every run of a case.
func across(runs []lab.Run, of func(r lab.Run) float64) []float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return values
}

// middle returns the median over the runs of a case.
func middle(runs []lab.Run, of func(r lab.Run) float64) float64 { return median(across(runs, of)) }

// band is a line over seeds: the median, and the least and the most.
type band struct{ mid, lo, hi []float64 }

// over returns the band of n places.
func over(runs []lab.Run, n int, of func(r lab.Run, i int) float64) (b band) {
	for i := range n {
		all := sorted(across(runs, func(r lab.Run) float64 { return of(r, i) }))
		b.mid = append(b.mid, median(all))
		b.lo = append(b.lo, all[0])
		b.hi = append(b.hi, all[len(all)-1])
	}
	return b
}

// counted returns the numbers from 1 to n.
func counted(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i + 1)
	}
	return x
}

// atStep returns a run's loss after some steps; a run that overflowed before then stays so.
func atStep(r lab.Run, i int) float64 {
	if i < len(r.Curve) {
		return r.Curve[i].Loss
	}
	return r.Final()
}
