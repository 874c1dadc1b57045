package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/lab"
)

// middleOf returns the median over the seeds of a format.
func middleOf(runs []lab.PrecisionRun, of func(r lab.PrecisionRun) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return lab.Median(values)
}

// middleCount writes the median of a count, which of two seeds may end in a half.
func middleCount(runs []lab.PrecisionRun, of func(r lab.PrecisionRun) int) string {
	return strconv.FormatFloat(middleOf(runs, func(r lab.PrecisionRun) float64 { return float64(of(r)) }), 'f', -1, 64)
}

// share is a part of a whole; nothing of nothing is 0.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// kinds are the numbers that are rounded.
var kinds = []struct {
	name string
	of   func(r lab.PrecisionRun) lab.Tally
}{
	{"weights", func(r lab.PrecisionRun) lab.Tally { return r.Weights }},
	{"activations", func(r lab.PrecisionRun) lab.Tally { return r.Activations }},
	{"gradients of activations", func(r lab.PrecisionRun) lab.Tally { return r.Gradients }},
	{"gradients of weights", func(r lab.PrecisionRun) lab.Tally { return r.WeightGrads }},
}

func finalLoss(runs []lab.PrecisionRun) float64 { return middleOf(runs, lab.PrecisionRun.Final) }

func lostShare(runs []lab.PrecisionRun) float64 {
	return middleOf(runs, func(r lab.PrecisionRun) float64 { return share(r.Lost, r.Updates) })
}

// deadRuns counts the networks of a format that are dead.
func deadRuns(runs []lab.PrecisionRun) (n int) {
	for _, r := range runs {
		if r.Dead >= 0 {
			n++
		}
	}
	return n
}

// overflowedRuns counts the networks of a format whose loss is not finite in the end.
func overflowedRuns(runs []lab.PrecisionRun) (n int) {
	for _, r := range runs {
		if loss := r.Final(); loss-loss != 0 {
			n++
		}
	}
	return n
}

// middleAccuracy is the median over the seeds of a format: see [lab.MedianAccuracy].
func middleAccuracy(runs []lab.PrecisionRun) float64 {
	shares := make([]float64, len(runs))
	for i, r := range runs {
		shares[i] = r.Accuracy
		if loss := r.Final(); loss-loss != 0 {
			shares[i] = math.NaN()
		}
	}
	mid, _, _ := lab.MedianAccuracy(shares)
	return mid
}

// note follows a format's name where networks are dead, which have little to lose, or where some overflowed.
func note(runs []lab.PrecisionRun) string {
	var said []string
	switch n := deadRuns(runs); n {
	case 0:
	case len(runs):
		said = append(said, "dead")
	default:
		said = append(said, fmt.Sprintf("%d of %d dead", n, len(runs)))
	}
	if n := overflowedRuns(runs); n > 0 && n < len(runs) {
		said = append(said, fmt.Sprintf("%d of %d overflowed", n, len(runs)))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// shownName is a format's name in a figure, and spokenName in a sentence.
func shownName(runs []lab.PrecisionRun) string  { return runs[0].Format.Name + note(runs) }
func spokenName(runs []lab.PrecisionRun) string { return inText(runs[0].Format.Name) + note(runs) }
