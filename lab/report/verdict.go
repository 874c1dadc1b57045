package report

import (
	"fmt"
	"math"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// outcome is what became of a start.
type outcome int

const (
	learned   outcome = iota // the loss is below half of that of guessing
	begun                    // it is below nine tenths
	stalled                  // it is not
	exploded                 // it is not finite
	untrained                // there is no step
)

// Shares of the loss of guessing that tell outcomes apart.
const (
	halfLearned = 0.5
	begins      = 0.9
)

// large is the size, next to 1, from which on a signal or a gradient explains an overflow.
const large = 1e3

// verdict is the outcome of a case: medians over its seeds.
type verdict struct {
	setup     lab.Setup
	name      string // as it stands in a sentence
	outcome   outcome
	loss      float64
	accuracy  float64
	begins    float64 // step at which learning begins; +Inf: never
	overflows float64 // step by which the loss overflowed; +Inf: never
	first     float64 // std of activations of the first hidden layer and of the last, at the start
	last      float64
	saturated float64 // share of the last hidden layer that is, at the start
	gradient  float64 // std of gradients at the first hidden layer, at the start
	top       float64 // and at the last
	ratio     float64 // of the first step's update of weights to them: the least of all layers
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
			accuracy:  middle(runs, func(r lab.Run) float64 { return r.Accuracy }),
			begins:    middle(runs, func(r lab.Run) float64 { return orNever(r.Below(begins * f.Guessing)) }),
			overflows: middle(runs, func(r lab.Run) float64 { return orNever(r.Exploded()) }),
			first:     middle(runs, func(r lab.Run) float64 { return r.Hidden[0].Activation.Std }),
			last:      middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Activation.Std }),
			saturated: middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Saturated }),
			gradient:  middle(runs, func(r lab.Run) float64 { return r.Hidden[0].Gradient.Std }),
			top:       middle(runs, func(r lab.Run) float64 { return r.Hidden[len(r.Hidden)-1].Gradient.Std }),
			ratio:     middle(runs, leastRatio),
		}
		switch {
		case v.loss-v.loss != 0:
			v.outcome = exploded
		case f.Setup.Steps == 0:
			v.outcome = untrained
		case v.loss < halfLearned*f.Guessing:
			v.outcome = learned
		case v.loss < begins*f.Guessing:
			v.outcome = begun
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
	for _, o := range []outcome{untrained, learned, begun, stalled, exploded} {
		var of []string
		for _, v := range vs {
			if v.outcome == o {
				of = append(of, fmt.Sprintf("%s (%s)", v.name, v.because()))
			}
		}
		if len(of) > 0 {
			lines = append(lines, sentence(o.line(f.Setup.Steps, figure.Number(f.Guessing))+": "+enumerated(of)))
		}
	}
	return lines
}

// line begins the line about an outcome.
func (o outcome) line(steps int, guessing string) string {
	said := "overflowed within %s, where guessing has a loss of %s"
	switch {
	case o == untrained:
		return "before training"
	case o == exploded && steps == 0:
		return "overflowed before training"
	case o == learned:
		said = "learned after %s, where guessing has a loss of %s"
	case o == begun:
		said = "on the way after %s, where guessing has a loss of %s"
	case o == stalled:
		said = "not better than guessing after %s, a loss of %s"
	}
	return fmt.Sprintf(said, many(steps, "step"), guessing)
}

// because gives the numbers of an outcome.
func (v verdict) because() string {
	switch v.outcome {
	case learned, begun:
		return fmt.Sprintf("loss %s, %s of the test part right", figure.Number(v.loss), figure.Percent(v.accuracy))
	case stalled, untrained:
		return v.why()
	}
	if v.setup.Steps == 0 {
		return fmt.Sprintf("the signal is %s in the last hidden layer, the gradient %s in the first", figure.Number(v.last), figure.Number(v.gradient))
	}
	if v.overflows > 0 && v.last < large && v.gradient < large {
		return fmt.Sprintf("by step %.0f: the learning rate of %v is too large for a start whose signal is %s in the last hidden layer",
			v.overflows, v.setup.LR, figure.Number(v.last))
	}
	return fmt.Sprintf("by step %.0f: the signal is %s in the last hidden layer, the gradient %s in the first",
		v.overflows, figure.Number(v.last), figure.Number(v.gradient))
}

// why says what kept a start from learning.
func (v verdict) why() string {
	switch {
	case v.gradient == 0 && v.top == 0:
		return "no gradient reaches any hidden layer"
	case v.gradient == 0:
		return "no gradient reaches the first layer"
	case v.gradient < 1e-3*v.top || v.gradient < 1e-4:
		return fmt.Sprintf("the gradient at the first layer is only %s", figure.Number(v.gradient))
	case v.saturated > 0.5:
		return fmt.Sprintf("%s of the last hidden layer is saturated", figure.Percent(v.saturated))
	case v.last < gone:
		return fmt.Sprintf("a signal of only %s reaches the last hidden layer", figure.Number(v.last))
	}
	if v.setup.Depth == 1 {
		return fmt.Sprintf("the signal is %s, the gradient %s", figure.Number(v.last), figure.Number(v.gradient))
	}
	return fmt.Sprintf("the signal goes from %s to %s, the gradient from %s back to %s",
		figure.Number(v.first), figure.Number(v.last), figure.Number(v.top), figure.Number(v.gradient))
}
