package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// NewPrecision tells what each format made of one training.
func NewPrecision(f *lab.PrecisionFindings) *Report {
	s := f.Setup
	return &Report{
		Title: fmt.Sprintf("One training, its numbers kept in %d ways: %s, %s of %d %s units", len(f.Runs), s.Data,
			layersOf(s), s.Width, s.Activation),
		Answer: precisionAnswer(f), Command: f.Command(), Made: fmt.Sprintf("Seeds: %d.", f.Seeds),
		Sections: []Section{losses(f), lostUpdates(f), outOfRange(f, "underflow"), outOfRange(f, "overflow"), formats()},
		Settings: [][2]string{
			dataSetting(s, f.Train), networkSetting(s), {"start", s.Scheme}, trainingSetting(s), seedSetting(s, f.Seeds),
			{"rounding", "to the nearest number, of two to the even one; activations and their gradients at every layer, weights after every step; " +
				"sums within a product, the loss and the optimizer's state are float32"},
			{"dead", "from a step on to the end, a layer below the outputs returns 0 for every training sample that is looked at; -1 stands for a network that is not"},
			{"loss scaling", "begins at 65536; half after an overflow, whose step is left out; twice after 2000 steps without one"},
			versionSetting(),
		},
		Summary: precisionSummary(f),
	}
}

func precisionAnswer(f *lab.PrecisionFindings) []string {
	var ends, dead, lost, vanish []string
	overflows := groups{}
	for _, runs := range f.Runs {
		name := spokenName(runs)
		if deadRuns(runs) > 0 {
			dead = append(dead, inText(runs[0].Format.Name))
		}
		if loss := finalLoss(runs); loss-loss != 0 {
			ends = append(ends, "not finite in "+name)
		} else {
			ends = append(ends, fmt.Sprintf("%s in %s", figure.Number(loss), name))
		}
		lost = append(lost, fmt.Sprintf("%s in %s", figure.Percent(lostShare(runs)), name))
		under := middleOf(runs, func(r lab.PrecisionRun) float64 { return share(r.WeightGrads.Underflow, r.WeightGrads.Values) })
		vanish = append(vanish, fmt.Sprintf("%s in %s", figure.Percent(under), name))
		over := 0
		for _, r := range runs {
			for _, k := range kinds {
				over += k.of(r).Overflow
			}
		}
		if over > 0 {
			overflows.add("values overflow", name)
		}
	}
	lines := []string{
		sentence(fmt.Sprintf("after %d steps the training loss is %s (guessing: %s)", f.Setup.Steps, enumerated(ends), figure.Number(f.Guessing))),
		sentence("of all updates these leave no trace, being less than half of the distance to the next number: " + enumerated(lost)),
		sentence("of the gradients of weights these vanish, being nearer to 0 than to the smallest number: " + enumerated(vanish)),
	}
	if said := overflows.said(); len(said) > 0 {
		lines = append(lines, sentence(said...))
	}
	if len(dead) > 0 {
		lines = slices.Insert(lines, 1, sentence(fmt.Sprintf("dead networks in %s: a layer returns 0 for every sample, so that the outputs are the same "+
			"whatever enters; next to nothing is left there to be trained, or to be lost", enumerated(dead))))
	}
	return lines
}

// losses shows the loss over the steps.
func losses(f *lab.PrecisionFindings) Section {
	lines := figure.Lines{
		X: figure.Axis{Label: "steps", Whole: true}, Y: figure.Axis{Label: "training loss (cross-entropy, nats)", Hi: 1.4 * f.Guessing, Over: "more"},
		Rules: []figure.Rule{{Name: "guessing", Value: f.Guessing}},
	}
	t := Table{Head: []string{"format", "seed", "step", "loss"}}
	var ends []string
	for i, runs := range f.Runs {
		line := figure.Series{Name: shownName(runs), Color: i}
		for k, p := range longest(runs) {
			var all []float64
			for _, r := range runs {
				all = append(all, r.Curve[min(k, len(r.Curve)-1)].Loss)
			}
			mid, lo, hi := lab.MedianRange(all)
			line.X = append(line.X, float64(p.Step))
			line.Y, line.Lo, line.Hi = append(line.Y, mid), append(line.Lo, lo), append(line.Hi, hi)
		}
		lines.Series = append(lines.Series, line)
		for seed, r := range runs {
			for _, p := range r.Curve {
				t.Rows = append(t.Rows, []any{r.Format.Name, seedName(f.Setup.Seed, seed), p.Step, p.Loss})
			}
		}
		ends = append(ends, fmt.Sprintf("%s in %s", figure.Number(finalLoss(runs)), spokenName(runs)))
	}
	return Section{
		Name: "learning", Figure: lines, Table: t,
		Title:  sentence(fmt.Sprintf("after %d steps the loss is %s", f.Setup.Steps, enumerated(ends))),
		Detail: "Loss over the training part: the median over seeds, and a band from the least to the most. Start, data and batches are the same in every format.",
	}
}

// longest is the curve with the most points.
func longest(runs []lab.PrecisionRun) []lab.Point {
	return slices.MaxFunc(runs, func(a, b lab.PrecisionRun) int { return len(a.Curve) - len(b.Curve) }).Curve
}

// lostUpdates shows how many updates left no trace.
func lostUpdates(f *lab.PrecisionFindings) Section {
	strip := figure.Strip{Label: "updates", Columns: []string{"lost"}}
	t := Table{Head: []string{"format", "seed", "updates", "lost", "share", "steps left out", "scale of the loss in the end", "dead from step"}}
	var said []string
	for _, runs := range f.Runs {
		strip.Rows = append(strip.Rows, shownName(runs))
		strip.Shares = append(strip.Shares, []float64{lostShare(runs)})
		for seed, r := range runs {
			t.Rows = append(t.Rows, []any{r.Format.Name, seedName(f.Setup.Seed, seed), r.Updates, r.Lost, share(r.Lost, r.Updates), r.Left, r.Scale, r.Dead})
		}
		said = append(said, fmt.Sprintf("%s in %s", figure.Percent(lostShare(runs)), spokenName(runs)))
	}
	return Section{
		Name: "lost", Figure: strip, Table: t, Title: sentence("lost updates: " + enumerated(said)),
		Detail: "The share of updates of single weights, of all steps, whose gradient was not 0, but which left the weight as it was: less than half of the " +
			"distance to the next number that the format has. Medians over seeds.",
	}
}

// outOfRange shows what became 0 or infinite.
func outOfRange(f *lab.PrecisionFindings, name string) Section {
	over := name == "overflow"
	count := func(t lab.Tally) int {
		if over {
			return t.Overflow
		}
		return t.Underflow
	}
	strip := figure.Strip{Label: name + " of"}
	t := Table{Head: []string{"format", "seed", "of", "values", name, "share", "subnormal"}}
	for _, k := range kinds {
		strip.Columns = append(strip.Columns, k.name)
	}
	most, where := 0.0, ""
	for _, runs := range f.Runs {
		strip.Rows = append(strip.Rows, shownName(runs))
		var row []float64
		for _, k := range kinds {
			x := middleOf(runs, func(r lab.PrecisionRun) float64 { return share(count(k.of(r)), k.of(r).Values) })
			row = append(row, x)
			if x > most {
				most, where = x, fmt.Sprintf("%s in %s", k.name, spokenName(runs))
			}
			for seed, r := range runs {
				tally := k.of(r)
				t.Rows = append(t.Rows, []any{r.Format.Name, seedName(f.Setup.Seed, seed), k.name, tally.Values, count(tally), share(count(tally), tally.Values), tally.Subnormal})
			}
		}
		strip.Shares = append(strip.Shares, row)
	}
	s := Section{Name: name, Figure: strip, Table: t}
	what, end := "becomes 0", "the smallest number of the format"
	if over {
		what, end = "becomes infinite", "the largest number of the format"
	}
	s.Title = fmt.Sprintf("Nothing %s.", what)
	if most > 0 {
		s.Title = fmt.Sprintf("The most that %s is %s, of %s.", what, figure.Percent(most), where)
	}
	s.Detail = fmt.Sprintf("The share of values, of all steps, that rounding puts beyond %s. With loss scaling gradients are those of the scaled loss. Medians over seeds.", end)
	return s
}

// formats shows what each format can hold.
func formats() Section {
	t := Table{Head: []string{"format", "bits", "exponent bits", "significand bits", "decimal digits", "epsilon", "smallest", "smallest normal", "largest"}}
	lines := figure.Lines{
		X: figure.Axis{Label: "power of ten", Whole: true}, Y: figure.Axis{Label: "distance to the next number, next to the number", Log: true},
	}
	var said []string
	for i, d := range []dtype.DType{dtype.F32, dtype.BF16, dtype.F16} {
		l := d.Limits()
		t.Rows = append(t.Rows, []any{d.String(), d.Bits(), l.ExponentBits, l.SignificandBits, l.Digits, l.Epsilon, l.SmallestSubnormal, l.SmallestNormal, l.Max})
		line := figure.Series{Name: d.String(), Color: i}
		for e := -45; e <= 38; e++ {
			x := math.Pow(10, float64(e))
			if x < l.SmallestSubnormal || x > l.Max {
				continue
			}
			line.X = append(line.X, float64(e))
			line.Y = append(line.Y, math.Min(1, math.Max(l.Epsilon, l.SmallestSubnormal/x)))
		}
		lines.Series = append(lines.Series, line)
		said = append(said, fmt.Sprintf("%s has %d digits from %s to %s", d, l.Digits, figure.Number(l.SmallestNormal), figure.Number(l.Max)))
	}
	return Section{
		Name: "formats", Figure: lines, Table: t, Title: sentence(said...),
		Detail: "How coarse each format is, over what it can hold. Below the smallest normal number digits are lost one by one. It is the same for every network.",
	}
}

func precisionSummary(f *lab.PrecisionFindings) []table.Column {
	columns := []table.Column{
		{Title: "FORMAT"}, {Title: "LOSS", Right: true}, {Title: "TEST", Right: true}, {Title: "NOT FINITE", Right: true}, {Title: "DEAD", Right: true}, {Title: "LOST UPDATES", Right: true},
		{Title: "GRADIENTS TO 0", Right: true}, {Title: "ACTIVATIONS TO 0", Right: true, Expend: 2}, {Title: "OVERFLOWS", Right: true}, {Title: "STEPS LEFT OUT", Right: true, Expend: 1},
	}
	for _, runs := range f.Runs {
		dead := "" // a column without text is left out
		if n := deadRuns(runs); n > 0 {
			dead = fmt.Sprintf("%d of %d", n, len(runs))
		}
		over := "" // where all overflow, the loss says so
		if n := overflowedRuns(runs); n > 0 && n < len(runs) {
			over = fmt.Sprintf("%d of %d", n, len(runs))
		}
		addRow(columns, runs[0].Format.Name, figure.Number(finalLoss(runs)), figure.Percent(middleAccuracy(runs)), over, dead, figure.Percent(lostShare(runs)),
			figure.Percent(middleOf(runs, func(r lab.PrecisionRun) float64 { return share(r.WeightGrads.Underflow, r.WeightGrads.Values) })),
			figure.Percent(middleOf(runs, func(r lab.PrecisionRun) float64 { return share(r.Activations.Underflow, r.Activations.Values) })),
			middleCount(runs, func(r lab.PrecisionRun) (n int) {
				for _, k := range kinds {
					n += k.of(r).Overflow
				}
				return n
			}),
			middleCount(runs, func(r lab.PrecisionRun) int { return r.Left }))
	}
	return columns
}
