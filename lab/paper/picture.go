package paper

import (
	"math"

	"github.com/heft-ml/heft/lab/figure"
)

// Picture is what an experiment found, to look at.
type Picture struct {
	Title  string // a sentence or the beginning of one
	Detail string // what it shows, for those who cannot see it
	figure figure.Figure
}

// SVG draws the picture with its title.
func (p Picture) SVG() string {
	return figure.SVG(p.figure, figure.Caption{Title: p.Title, Detail: p.Detail, Shown: true}, figure.Wide)
}

// banded is a line through means over seeds, in a band from the least to the greatest value.  x [n], bySeed [seeds][n]
func banded(name string, color int, x []float64, bySeed [][]float64) figure.Series {
	s := figure.Series{Name: name, Color: color, X: x}
	for i := range x {
		r := Row{Values: values(bySeed, func(one []float64) float64 { return one[i] })}
		lo, hi := r.Range()
		s.Y, s.Lo, s.Hi = append(s.Y, r.Mean()), append(s.Lo, lo), append(s.Hi, hi)
	}
	return s
}

// onOneScale gives figures that are compared one logarithmic y axis, a tenth longer than their data. Without a positive number
// they keep theirs.
func onOneScale(all []figure.Lines) []figure.Lines {
	lo, hi := math.Inf(1), 0.0
	for _, l := range all {
		for _, s := range l.Series {
			for _, y := range s.Y {
				if y > 0 && !math.IsInf(y, 1) {
					lo, hi = min(lo, y), max(hi, y)
				}
			}
		}
	}
	for i := range all {
		if hi > 0 {
			all[i].Y.Lo, all[i].Y.Hi = lo/1.1, hi*1.1
		}
	}
	return all
}
