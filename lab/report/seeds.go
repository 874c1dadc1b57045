package report

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/lab"
)

// across returns one number of every run of a case.
func across(runs []lab.Run, of func(r lab.Run) float64) []float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return values
}

// middle returns the median over the runs of a case.
func middle(runs []lab.Run, of func(r lab.Run) float64) float64 { return lab.Median(across(runs, of)) }

// accuracy returns the median over the runs of a case, the least and the most: see [lab.MedianAccuracy].
func accuracy(runs []lab.Run) (mid, lo, hi float64) {
	return lab.MedianAccuracy(across(runs, func(r lab.Run) float64 {
		if r.Exploded() >= 0 {
			return math.NaN()
		}
		return r.Accuracy
	}))
}

// overflowed counts the runs of a case whose loss overflowed.
func overflowed(runs []lab.Run) (n int) {
	for _, r := range runs {
		if r.Exploded() >= 0 {
			n++
		}
	}
	return n
}

// ofSeeds says of how many seeds something is true: "2 of 5 seeds".
func ofSeeds(n, seeds int) string { return fmt.Sprintf("%d of %s", n, many(seeds, "seed")) }

// band is a line over seeds: the median, and the least and the most.
type band struct{ mid, lo, hi []float64 }

// over returns the band of n places.
func over(runs []lab.Run, n int, of func(r lab.Run, i int) float64) (b band) {
	for i := range n {
		mid, lo, hi := lab.MedianRange(across(runs, func(r lab.Run) float64 { return of(r, i) }))
		b.mid, b.lo, b.hi = append(b.mid, mid), append(b.lo, lo), append(b.hi, hi)
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
