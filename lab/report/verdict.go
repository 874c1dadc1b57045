package report

import (
	"fmt"
	"math"
	"slices"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// outcome is what became of a start.
type outcome int

const (
	learned   outcome = iota // the loss is low enough: see lab.LearnedShare
	begun                    // it is lower than by chance: see lab.BegunBelow
	lucky                    // it is, but was about as low before training
	stalled                  // it is not
	exploded                 // it is not finite
	untrained                // there is no step
)

// large is the size, next to 1, from which on a signal or a gradient explains an overflow, and faint that below which a gradient
// explains that nothing is learned. A loss whose ratio to that of guessing is apart from 1 is worth saying.
const (
	large = 1e3
	faint = 1e-4
	apart = 0.02
)

// verdict is the outcome of a case: medians over its seeds.
type verdict struct {
	setup     lab.Setup
	name      string // as it stands in a sentence
	outcome   outcome
	loss      float64
	start     float64 // the loss before training
	guessing  float64 // the loss of a network that knows nothing
	accuracy  float64
	begins    float64 // step at which learning begins; +Inf: never
	overflows float64 // step by which the loss overflowed; +Inf: never
	first     float64 // std of activations of the first hidden layer and of the last, at the start
	last      float64
	saturated float64 // share of the last hidden layer that is, at the start
	gradient  float64 // std of gradients at the first hidden layer, at the start
	top       float64 // and at the last
	ratio     float64 // of the first step's update of weights to them: the least of all layers
	end       float64 // std of gradients at the first hidden layer, in the end; NaN: all exploded
	endTop    float64 // and at the last
	alike     bool    // no two units of the first hidden layer ever differ
	some      string  // "2 of 5 seeds" if these overflowed; "" if none did, or all
}

// judge looks at every case.
func judge(f *lab.Findings) []verdict {
	var vs []verdict
	for i, c := range f.Cases {
		runs := f.Runs[i]
		v := verdict{
			setup:     f.Setup,
			name:      inText(c.Name),
			loss:      middle(runs, lab.Run.Final),
			start:     middle(runs, func(r lab.Run) float64 { return r.Curve[0].Loss }),
			guessing:  f.Guessing,
			begins:    middle(runs, func(r lab.Run) float64 { return orNever(r.Begun(f.Guessing)) }),
			overflows: middle(runs, func(r lab.Run) float64 { return orNever(r.Exploded()) }),
			first:     middle(runs, func(r lab.Run) float64 { return r.Hidden[0].Activation.Std }),
			last:      middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Activation.Std }),
			saturated: middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Saturated }),
			gradient:  middle(runs, func(r lab.Run) float64 { return r.Hidden[0].Gradient.Std }),
			top:       middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Gradient.Std }),
			ratio:     middle(runs, leastRatio),
			alike:     f.Setup.Width > 1 && !slices.ContainsFunc(runs, func(r lab.Run) bool { return unitSpread(r) != 0 }),
		}
		v.accuracy, _, _ = accuracy(runs)
		if n := overflowed(runs); n > 0 && n < len(runs) {
			v.some = ofSeeds(n, len(runs))
		}
		ended := slices.DeleteFunc(slices.Clone(runs), func(r lab.Run) bool { return len(r.End) == 0 })
		v.end = middle(ended, func(r lab.Run) float64 { return r.End[0].Gradient.Std })
		v.endTop = middle(ended, func(r lab.Run) float64 { return r.End[len(r.End)-1].Gradient.Std })
		begunBelow := middle(runs, func(r lab.Run) float64 { return r.BegunBelow(f.Guessing) })
		switch {
		case !finite(v.loss):
			v.outcome = exploded
		case f.Setup.Steps == 0:
			v.outcome = untrained
		case v.loss < lab.LearnedShare*f.Guessing:
			v.outcome = learned
		case v.loss < begunBelow:
			v.outcome = begun
		case v.loss < lab.BegunShare*f.Guessing:
			v.outcome = lucky
		default:
			v.outcome = stalled
		}
		vs = append(vs, v)
	}
	return vs
}

func orNever(step int) float64 {
	if step < 0 {
		return math.Inf(1)
	}
	return float64(step)
}

// leastRatio is the update-to-weight ratio of the weight that moves least in the first step.
func leastRatio(r lab.Run) float64 {
	least := math.NaN()
	for _, u := range r.FirstUpdates {
		if u.Kind == initializer.Weight && !(least <= u.Ratio) {
			least = u.Ratio
		}
	}
	return least
}

// answer says in a line for each outcome what became of the starts, and why.
func answer(f *lab.Findings, vs []verdict) []string {
	var lines []string
	for _, o := range []outcome{untrained, learned, begun, lucky, stalled, exploded} {
		var of []string
		for _, v := range vs {
			if v.outcome == o {
				why := v.because()
				if v.some != "" {
					why += "; " + v.some + " overflowed"
				}
				of = append(of, fmt.Sprintf("%s (%s)", v.name, why))
			}
		}
		if len(of) > 0 {
			lines = append(lines, sentence(o.line(f.Setup.Steps, figure.Number(f.Guessing))+": "+enumerated(of)))
		}
	}
	return lines
}

// someOverflow follows what is said of a start of which some seeds overflowed.
func (v verdict) someOverflow() string {
	if v.some == "" {
		return ""
	}
	return " (" + v.some + " overflowed)"
}

// line begins the line about an outcome.
func (o outcome) line(steps int, guessing string) string {
	said := ""
	switch {
	case o == untrained:
		return "before training"
	case o == exploded && steps == 0:
		return "overflowed before training"
	case o == exploded:
		return "overflowed within " + many(steps, "step")
	case o == learned:
		said = "learned after %s, where guessing has a loss of %s"
	case o == begun:
		said = "on the way after %s, where guessing has a loss of %s"
	case o == lucky:
		said = "not much better than before training after %s, where guessing has a loss of %s"
	case o == stalled:
		said = "not learning after %s, where guessing has a loss of %s"
	}
	return fmt.Sprintf(said, many(steps, "step"), guessing)
}

// because gives the numbers of an outcome.
func (v verdict) because() string {
	switch v.outcome {
	case learned, begun:
		return fmt.Sprintf("loss %s, %s of the test part right", figure.Number(v.loss), figure.Percent(v.accuracy))
	case lucky:
		return fmt.Sprintf("loss %s, before training %s", figure.Number(v.loss), figure.Number(v.start))
	case untrained:
		return v.atStart()
	case stalled:
		switch {
		case !math.IsInf(v.begins, 1):
			return fmt.Sprintf("learning began by step %.0f, but in the end the loss is %s", v.begins, figure.Number(v.loss))
		case math.Abs(v.loss/v.guessing-1) > apart:
			return fmt.Sprintf("loss %s; %s", figure.Number(v.loss), v.why())
		}
		return v.why()
	}
	if v.setup.Steps == 0 {
		return fmt.Sprintf("the signal is %s in the last hidden layer, the gradient %s in the first", sized(v.last), sized(v.gradient))
	}
	if v.overflows > 0 && v.last < large && v.gradient < large {
		return fmt.Sprintf("by step %.0f: the learning rate of %v is too large for a start whose signal is %s in the last hidden layer",
			v.overflows, v.setup.LR, figure.Number(v.last))
	}
	return fmt.Sprintf("by step %.0f, from a start whose signal is %s in the last hidden layer and whose gradient is %s in the first",
		v.overflows, sized(v.last), sized(v.gradient))
}

// sized writes a size that may have overflowed.
func sized(size float64) string {
	if !finite(size) {
		return "not finite"
	}
	return figure.Number(size)
}

// why says what kept a start from learning. What is true of its first step alone, as that no gradient comes back through outputs
// of 0, explains nothing of the others.
func (v verdict) why() string {
	switch {
	case v.gradient == 0 && v.top == 0 && v.end == 0 && v.endTop == 0:
		return "no gradient reaches any hidden layer, neither at the start nor in the end"
	case v.alike:
		return "all units of the first hidden layer stay the same"
	case v.gradient == 0 && v.end == 0:
		return "no gradient reaches the first layer, neither at the start nor in the end"
	case v.gradient == 0:
		return fmt.Sprintf("a gradient reaches the first layer only after the first step, and is %s in the end", figure.Number(v.end))
	}
	return "at the start " + v.atStart()
}

// atStart says what of a start is likely to keep it from learning.
func (v verdict) atStart() string {
	switch {
	case v.gradient == 0 && v.top == 0:
		return "no gradient reaches any hidden layer"
	case v.gradient == 0:
		return "no gradient reaches the first layer"
	case v.gradient < gone*v.top || v.gradient < faint:
		return fmt.Sprintf("the gradient at the first layer is only %s", figure.Number(v.gradient))
	case v.saturated > mostly && v.gradient > grown*v.top:
		return fmt.Sprintf("%s of the last hidden layer is saturated, and the gradient grows from %s to %s at the first",
			figure.Percent(v.saturated), figure.Number(v.top), figure.Number(v.gradient))
	case v.saturated > mostly:
		return fmt.Sprintf("%s of the last hidden layer is saturated", figure.Percent(v.saturated))
	case v.last < gone:
		return fmt.Sprintf("a signal of only %s reaches the last hidden layer", figure.Number(v.last))
	}
	if v.setup.Depth == 1 {
		return fmt.Sprintf("the signal is %s, the gradient %s", figure.Number(v.last), figure.Number(v.gradient))
	}
	return fmt.Sprintf("the signal %s, the gradient %s", fromTo(v.first, v.last, ""), fromTo(v.top, v.gradient, "back "))
}

// fromTo says how a size changes.
func fromTo(from, to float64, back string) string {
	a, b := figure.Number(from), figure.Number(to)
	if a == b {
		return "stays " + a
	}
	return fmt.Sprintf("goes from %s %sto %s", a, back, b)
}
