package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// learning shows the loss over the steps.
func learning(f *lab.Findings, vs []verdict) (Section, bool) {
	steps := curveSteps(f)
	if len(steps) < 2 {
		return Section{}, false
	}
	lines := figure.Lines{
		X:     figure.Axis{Label: "steps", Whole: true},
		Y:     figure.Axis{Label: "training loss (cross-entropy, nats)", Hi: 1.4 * f.Guessing, Over: "more"},
		Rules: []figure.Rule{{Name: "guessing", Value: f.Guessing}},
	}
	t, all := Table{Head: []string{"step"}}, Table{Head: []string{"start", "seed", "step", "loss"}}
	for _, s := range steps {
		t.Rows = append(t.Rows, []any{int(s)})
	}
	for i, c := range f.Cases {
		b := over(f.Runs[i], len(steps), atStep)
		lines.Series = append(lines.Series, figure.Series{Name: c.Name, Color: i, X: steps, Y: b.mid, Lo: b.lo, Hi: b.hi})
		t.Head = append(t.Head, c.Name)
		for k := range t.Rows {
			t.Rows[k] = append(t.Rows[k], b.mid[k])
		}
		for _, r := range f.Runs[i] {
			for _, p := range r.Curve {
				all.Rows = append(all.Rows, []any{c.Name, strconv.FormatUint(r.Setup.Seed, 10), p.Step, p.Loss})
			}
		}
	}
	return Section{
		Name: "learning", Title: learningSentence(vs, f.Setup.Steps), Figure: lines, Table: t, Data: all,
		Detail: fmt.Sprintf("Loss over the training part: the median over seeds, and a band from the least to the most. The dashed line is "+
			"that of a network that knows nothing, ln(%d). A start begins to learn where its loss is below nine tenths of that, and of what it was before training.", len(f.Train.Classes)),
	}, true
}

// curveSteps returns the steps at which runs were looked at: those of the longest curve.
func curveSteps(f *lab.Findings) (steps []float64) {
	for _, runs := range f.Runs {
		for _, r := range runs {
			if len(r.Curve) > len(steps) {
				steps = nil
				for _, p := range r.Curve {
					steps = append(steps, float64(p.Step))
				}
			}
		}
	}
	return steps
}

// learningSentence says when each start begins to learn.
func learningSentence(vs []verdict, steps int) string {
	ordered := slices.Clone(vs)
	slices.SortStableFunc(ordered, func(a, b verdict) int { return cmp.Compare(a.begins, b.begins) })
	var begin, never, overflow []string
	for _, v := range ordered {
		switch {
		case v.outcome == exploded:
			overflow = append(overflow, fmt.Sprintf("%s overflows by step %.0f%s", v.name, v.overflows, v.someOverflow()))
		case math.IsInf(v.begins, 1):
			never = append(never, v.name+v.someOverflow())
		default:
			begin = append(begin, fmt.Sprintf("%s by step %.0f%s", v.name, v.begins, v.someOverflow()))
		}
	}
	if len(begin)+len(overflow) == 0 {
		return sentence(fmt.Sprintf("no start begins to learn in %d steps", steps))
	}
	said := []string{clause("learning begins with", begin)}
	if len(never) > 0 {
		said = append(said, "with "+enumerated(never)+" never")
	}
	return sentence(append(said, enumerated(overflow))...)
}
