package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// NewTheory sets measured second moments beside those that mean-field theory predicts.
func NewTheory(f *lab.TheoryFindings) *Report {
	s := f.Setup
	return &Report{
		Title: fmt.Sprintf("Measured and predicted: %s, %s of %d %s units, %d networks of each start", s.Data,
			layersOf(s), s.Width, s.Activation, f.Nets),
		Answer: theoryAnswer(f), Command: f.Command(), Made: fmt.Sprintf("Networks of each start: %d.", f.Nets),
		Sections: []Section{
			moment(f, "activations", "activations", s.Depth, activationsOf), moment(f, "gradients", "gradients of each sample's loss", 1, gradientsOf), deviations(f),
		},
		Settings: [][2]string{
			dataSetting(s, f.Train), networkSetting(s), startSetting(f.Cases), seedSetting(s, f.Nets),
			{"loss", "the sum of the outputs, each with a sign of its own: its gradient with respect to each is 1 or -1"}, versionSetting(),
		},
		Summary: theorySummary(f),
	}
}

func activationsOf(c lab.TheoryCase) []lab.Compared { return c.Activation }
func gradientsOf(c lab.TheoryCase) []lab.Compared   { return c.Gradient }

// worst returns the comparison with the largest deviation.
func worst(list []lab.Compared) lab.Compared {
	return slices.MaxFunc(list, func(a, b lab.Compared) int {
		return cmp.Compare(math.Abs(a.Deviation()), math.Abs(b.Deviation()))
	})
}

func theoryAnswer(f *lab.TheoryFindings) []string {
	missing := theoryLeavesRange(f)
	beyond, all := f.Beyond()
	if all == 0 {
		return missing
	}
	moments := "second moments"
	if len(missing) > 0 {
		moments = "second moments in range"
	}
	first := fmt.Sprintf("Measured equals predicted: none of %d %s is more than %s standard errors away from theory.", all, moments, figure.Number(f.Tolerance))
	if beyond > 0 {
		first = fmt.Sprintf("%d of %d %s are more than %s standard errors away from theory.", beyond, all, moments, figure.Number(f.Tolerance))
	}
	first += " That is three standard errors for one comparison, and for all of them together the same chance of 0.27% to be wrong (Bonferroni)."
	if f.Setup.Residual != "" {
		return append(missing, first, fmt.Sprintf("Of residual networks theory knows the limit of infinitely wide layers alone; terms of 1/N that layers of %s have are not in the prediction.",
			many(f.Setup.Width, "unit")))
	}
	largest, of := 0.0, ""
	for _, c := range f.Results {
		for _, list := range [][]lab.Compared{c.Activation, c.Gradient} {
			for _, x := range list {
				if term := math.Abs(x.Predicted/x.Limit - 1); !x.OutOfRange() && term > largest {
					largest, of = term, inText(c.Name)
				}
			}
		}
	}
	second := fmt.Sprintf("Layers of %s do what infinitely wide ones would: no prediction has a term of 1/N.", many(f.Setup.Width, "unit"))
	switch {
	case largest <= 1e-6 && beyond > 0:
		second = fmt.Sprintf("No prediction has a term of 1/N: theory expects of layers of %s what infinitely wide ones do, and that is not what was measured.",
			many(f.Setup.Width, "unit"))
	case largest > 1e-6:
		second = fmt.Sprintf("Layers of %s are not infinitely wide: the terms of 1/N, which are in the prediction, come to %s of it at most, with %s.",
			many(f.Setup.Width, "unit"), figure.Percent(largest), of)
	}
	return append(missing, first, second)
}

// theoryLeavesRange says for which starts there is nothing to compare, or not in every layer.
func theoryLeavesRange(f *lab.TheoryFindings) (lines []string) {
	var left groups
	for _, c := range f.Results {
		list := slices.Concat(c.Activation, c.Gradient)
		switch {
		case slices.ContainsFunc(list, lab.Compared.Unpredicted):
			last := math.Inf(1) // prediction that there is, going up
			for _, x := range c.Activation {
				if !x.Unpredicted() {
					last = x.Predicted
				}
			}
			if last < 1 {
				left.add("the prediction underflows", inText(c.Name))
			} else {
				left.add("the prediction overflows", inText(c.Name))
			}
		case slices.ContainsFunc(list, lab.Compared.OutOfRange):
			left.add("what is measured overflows", inText(c.Name))
		}
	}
	for _, phrase := range left.said() {
		lines = append(lines, sentence(phrase, "what is out of range is not compared"))
	}
	return lines
}

// size writes a second moment.
func size(v float64) string {
	if v-v != 0 {
		return "out of range"
	}
	return figure.Number(v)
}

// moment shows one second moment through depth: points on the predicted line. The sentence tells of one layer.
func moment(f *lab.TheoryFindings, name, what string, at int, of func(c lab.TheoryCase) []lab.Compared) Section {
	lines := figure.Lines{
		X: figure.Axis{Label: "hidden layer", Whole: true}, Y: figure.Axis{Label: "mean square of " + what, Log: true},
	}
	t := Table{Head: []string{"start", "hidden layer", "measured", "standard error", "predicted", "for infinite width", "deviation in standard errors"}}
	var said []string
	for i, c := range f.Results {
		list := of(c)
		line := figure.Series{Name: c.Name, Color: i, X: counted(len(list))}
		dots := figure.Series{Color: i, X: counted(len(list)), Dots: true}
		for l, x := range list {
			lo, hi := x.Interval(f.Nets)
			line.Y = append(line.Y, x.Predicted)
			dots.Y, dots.Lo, dots.Hi = append(dots.Y, x.Measured), append(dots.Lo, math.Max(lo, x.Measured/10)), append(dots.Hi, hi)
			t.Rows = append(t.Rows, []any{c.Name, l + 1, x.Measured, x.Error, x.Predicted, x.Limit, x.Deviation()})
		}
		lines.Series = append(lines.Series, line, dots)
		end := list[at-1]
		said = append(said, fmt.Sprintf("%s with %s (theory: %s)", size(end.Measured), inText(c.Name), size(end.Predicted)))
	}
	return Section{
		Name: name, Figure: lines, Table: t,
		Title: sentence(fmt.Sprintf("the mean square of %s of layer %d is %s", name, at, enumerated(said))),
		Detail: "Points are means over networks with their 95% confidence intervals, before training; lines are what theory predicts from the " +
			"scheme's variance alone, with the terms of 1/N for layers of a finite width.",
	}
}

// deviations shows how far measured values are from predicted ones.
func deviations(f *lab.TheoryFindings) Section {
	t := Table{Head: []string{"start", "of", "hidden layer", "deviation in standard errors"}}
	var panels figure.Panels
	most, where := 0.0, ""
	for _, p := range []struct {
		name string
		of   func(c lab.TheoryCase) []lab.Compared
	}{{"activations", activationsOf}, {"gradients", gradientsOf}} {
		lines := figure.Lines{
			X: figure.Axis{Label: "hidden layer", Whole: true}, Y: figure.Axis{Label: "standard errors"}, Height: 320,
			Rules: []figure.Rule{{Name: "limit", Value: f.Tolerance}, {Name: "theory", Value: 0}, {Name: "limit", Value: -f.Tolerance}},
		}
		for i, c := range f.Results {
			dots := figure.Series{Color: i, X: counted(f.Setup.Depth), Dots: true}
			for l, x := range p.of(c) {
				d := x.Deviation()
				dots.Y = append(dots.Y, d)
				t.Rows = append(t.Rows, []any{c.Name, p.name, l + 1, d})
				if !x.OutOfRange() && (where == "" || math.Abs(d) > math.Abs(most)) {
					most, where = d, fmt.Sprintf("%s of layer %d with %s", p.name, l+1, inText(c.Name))
				}
			}
			lines.Series = append(lines.Series, dots)
		}
		panels = append(panels, figure.Panel{Title: p.name, Figure: lines})
	}
	beyond, all := f.Beyond()
	title := "No second moment is in range: there is nothing to compare."
	if all > 0 {
		title = fmt.Sprintf("The largest deviation is %s standard errors, of %s; %d of %d are beyond the limit of %s.",
			figure.Number(most), where, beyond, all, figure.Number(f.Tolerance))
	}
	return Section{
		Name: "deviations", Figure: panels, Table: t, Title: title,
		Detail: "Measured less predicted second moments, in standard errors of the measured mean. The limit is three standard errors, corrected for the number of comparisons. Colors are those of the figures above.",
	}
}

func theorySummary(f *lab.TheoryFindings) []table.Column {
	last := f.Setup.Depth - 1
	columns := []table.Column{
		{Title: "START"}, {Title: fmt.Sprintf("SIGNAL %d", last+1), Right: true}, {Title: "THEORY", Right: true}, {Title: "1/N TERM", Right: true, Expend: 2},
		{Title: "WORST", Right: true}, {Title: "GRADIENT 1", Right: true}, {Title: "THEORY", Right: true}, {Title: "1/N TERM", Right: true, Expend: 2},
		{Title: "WORST", Right: true},
	}
	for _, c := range f.Results {
		up, down := c.Activation[last], c.Gradient[0]
		term := func(x lab.Compared) string {
			if x.Unpredicted() {
				return none
			}
			return figure.Number(math.Round(1e6*(x.Predicted-x.Limit)/x.Limit) / 1e6)
		}
		deviation := func(list []lab.Compared) string {
			list = slices.DeleteFunc(slices.Clone(list), lab.Compared.OutOfRange)
			if len(list) == 0 {
				return none
			}
			return figure.Number(worst(list).Deviation()) + " SE"
		}
		addRow(columns, c.Name, size(up.Measured), size(up.Predicted), term(up), deviation(c.Activation),
			size(down.Measured), size(down.Predicted), term(down), deviation(c.Gradient))
	}
	return columns
}
