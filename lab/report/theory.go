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
	other, inRange := "", ""
	if len(missing) > 0 {
		inRange = " in range"
	}
	if few, needs := f.Undecided(); few > 0 {
		missing = append(missing, fmt.Sprintf("There are too few networks to tell for %d of %s: the spread at this depth and width needs %s.",
			few, many(few+all, "second moment")+inRange, aboutNets(needs, f.Setup.Depth)))
		other = "other "
	}
	if all == 0 {
		return missing
	}
	of, far := many(all, other+"second moment")+inRange, fmt.Sprintf("more than %s standard errors away from theory", figure.Number(f.Tolerance))
	first := fmt.Sprintf("Measured equals predicted: none of %s is %s.", of, far)
	switch {
	case beyond == 0 && all == 1:
		first = fmt.Sprintf("Measured equals predicted: the one %ssecond moment%s is not %s.", other, inRange, far)
	case beyond == 1:
		first = fmt.Sprintf("1 of %s is %s.", of, far)
	case beyond > 1:
		first = fmt.Sprintf("%d of %s are %s.", beyond, of, far)
	}
	first += " That is three standard errors for one comparison, and for all of them together about the same chance to be wrong, 0.27% (Bonferroni)."
	if f.Setup.Residual != "" {
		return append(missing, first, fmt.Sprintf("Of residual networks theory knows the limit of infinite width alone: terms of 1/N, which blocks of %s have, are not in the prediction.",
			many(f.Setup.Width, "unit")))
	}
	largest, with := 0.0, ""
	for _, c := range f.Results {
		for _, list := range [][]lab.Compared{c.Activation, c.Gradient} {
			for _, x := range list {
				if term := math.Abs(x.Predicted/x.Limit - 1); !x.OutOfRange() && f.Decided(x) && term > largest {
					largest, with = term, inText(c.Name)
				}
			}
		}
	}
	layers, do, are, ones := "layers", "do", "are", "infinitely wide ones"
	if f.Setup.Depth == 1 {
		layers, do, are, ones = "a layer", "does", "is", "an infinitely wide one"
	}
	layers += " of " + many(f.Setup.Width, "unit")
	second := fmt.Sprintf("on average %s %s what %s would: no prediction has a term of 1/N", layers, do, ones)
	switch {
	case largest <= 1e-6 && beyond > 0:
		second = fmt.Sprintf("no prediction has a term of 1/N: theory expects of %s what %s %s, and that is not what was measured", layers, ones, do)
	case largest > 1e-6:
		second = fmt.Sprintf("%s %s not infinitely wide: the terms of 1/N, which are in the prediction, come to %s of it at most, with %s",
			layers, are, figure.Percent(largest), with)
	}
	return append(missing, first, sentence(second))
}

// aboutNets writes how many networks of a depth are needed, and what to do if there cannot be so many.
func aboutNets(needs float64, depth int) string {
	if needs <= lab.MostNets {
		unit := math.Pow(10, math.Floor(math.Log10(needs))-1)
		return fmt.Sprintf("about %.0f", math.Ceil(needs/unit)*unit)
	}
	other := "a wider or a shallower network"
	if depth == 1 {
		other = "a wider network"
	}
	return fmt.Sprintf("more than the %d that can be drawn: take %s", lab.MostNets, other)
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
	t := Table{Head: []string{"start", "hidden layer", "measured", "standard error", "predicted", "for infinite width", "networks needed", "deviation in standard errors"}}
	var said []string
	for i, c := range f.Results {
		list := of(c)
		line := figure.Series{Name: c.Name, Color: i, X: counted(len(list))}
		dots := figure.Series{Color: i, X: counted(len(list)), Dots: true}
		for l, x := range list {
			lo, hi := x.Interval(f.Nets)
			if !f.Decided(x) {
				lo, hi = x.Measured, x.Measured
			}
			line.Y = append(line.Y, x.Predicted)
			dots.Y, dots.Lo, dots.Hi = append(dots.Y, x.Measured), append(dots.Lo, math.Max(lo, x.Measured/10)), append(dots.Hi, hi)
			t.Rows = append(t.Rows, []any{c.Name, l + 1, x.Measured, x.Error, x.Predicted, x.Limit, math.Ceil(x.Needs()), deviationCell(f, x)})
		}
		lines.Series = append(lines.Series, line, dots)
		end := list[at-1]
		said = append(said, fmt.Sprintf("%s with %s (theory: %s)", size(end.Measured), inText(c.Name), size(end.Predicted)))
	}
	width := "with the terms of 1/N for layers of a finite width"
	if f.Setup.Residual != "" {
		width = "in the limit of infinite width"
	}
	return Section{
		Name: name, Figure: lines, Table: t,
		Title: sentence(fmt.Sprintf("the mean square of %s of layer %d is %s", name, at, enumerated(said))),
		Detail: "Points are means over networks with their 95% confidence intervals, before training, or without one where there are too few networks for it; " +
			"lines are what theory predicts from the scheme's variance alone, " + width + ".",
	}
}

// deviationCell is a deviation in a table.
func deviationCell(f *lab.TheoryFindings, x lab.Compared) any {
	if !x.OutOfRange() && !f.Decided(x) {
		return "too few networks"
	}
	return x.Deviation()
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
			dots := figure.Series{Color: i, Dots: true}
			for l, x := range p.of(c) {
				t.Rows = append(t.Rows, []any{c.Name, p.name, l + 1, deviationCell(f, x)})
				if !f.Decided(x) {
					continue
				}
				d := x.Deviation()
				dots.X, dots.Y = append(dots.X, float64(l+1)), append(dots.Y, d)
				if !x.OutOfRange() && (where == "" || math.Abs(d) > math.Abs(most)) {
					most, where = d, fmt.Sprintf("%s of layer %d with %s", p.name, l+1, inText(c.Name))
				}
			}
			lines.Series = append(lines.Series, dots)
		}
		panel := figure.Panel{Title: p.name, Figure: lines}
		if !slices.ContainsFunc(lines.Series, func(s figure.Series) bool { return len(s.X) > 0 }) {
			panel.Title += ": too few networks to tell"
		}
		panels = append(panels, panel)
	}
	beyond, all := f.Beyond()
	few, _ := f.Undecided()
	title := "No second moment is in range: there is nothing to compare."
	switch {
	case all > 0:
		title = fmt.Sprintf("The largest deviation is %s standard errors, of %s; %d of %d are beyond the limit of %s.",
			figure.Number(most), where, beyond, all, figure.Number(f.Tolerance))
	case few > 0:
		title = "There are too few networks to compare any second moment."
	}
	return Section{
		Name: "deviations", Figure: panels, Table: t, Title: title,
		Detail: "Measured less predicted second moments, in standard errors of the measured mean, where there are networks enough. The limit is three standard errors, corrected for the number of comparisons. Colors are those of the figures above.",
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
			switch {
			case f.Setup.Residual != "": // not known: a column without text is left out
				return ""
			case x.Unpredicted():
				return none
			}
			return figure.Number(math.Round(1e6*(x.Predicted-x.Limit)/x.Limit) / 1e6)
		}
		deviation := func(list []lab.Compared) string {
			list = slices.DeleteFunc(slices.Clone(list), lab.Compared.OutOfRange)
			decided := slices.DeleteFunc(slices.Clone(list), func(x lab.Compared) bool { return !f.Decided(x) })
			switch {
			case len(decided) > 0:
				return figure.Number(worst(decided).Deviation()) + " SE"
			case len(list) > 0:
				return "too few"
			}
			return none
		}
		addRow(columns, c.Name, size(up.Measured), size(up.Predicted), term(up), deviation(c.Activation),
			size(down.Measured), size(down.Predicted), term(down), deviation(c.Gradient))
	}
	return columns
}
