package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/lab/same"
)

// NewSame tells what two networks of one architecture have in common, and what not.
func NewSame(f *same.Findings) *Report {
	r := &Report{
		Title:  fmt.Sprintf("One architecture, two networks: %s and %s", f.Names[0], f.Names[1]),
		Answer: sameAnswer(f), Command: f.Command, Made: fmt.Sprintf("Numbers in each network: %d.", f.Values),
		Settings: sameSettings(f), Summary: sameSummary(f),
	}
	for _, section := range []func(f *same.Findings) (Section, bool){sameMaps, sameOutputs, sameWeights, sameSpectra, sameModules, sameSwaps} {
		if s, ok := section(f); ok {
			r.Sections = append(r.Sections, s)
		}
	}
	return r
}

// sameAnswer says what is the same, what differs, and what an exchange does.
func sameAnswer(f *same.Findings) []string {
	what := fmt.Sprintf("A is %s, B is %s. The blueprint is the same: %s of the same names and shapes, %d numbers",
		f.Names[0], f.Names[1], many(len(f.Params), "tensor"), f.Values)
	switch {
	case f.Sizes[0] > 0 && f.Sizes[0] == f.Sizes[1]:
		what += fmt.Sprintf(", two files of %d bytes each.", f.Sizes[0])
	case f.Sizes[0] > 0 && f.Sizes[1] > 0:
		what += fmt.Sprintf("; the files have %d and %d bytes, with their headers.", f.Sizes[0], f.Sizes[1])
	default:
		what += "."
	}
	lines := []string{what}
	if said := divergedSaid(f); said != "" {
		lines = append(lines, sentence(said))
	}
	b := f.Behaviour
	if b == nil {
		if said := weightsSaid(f); said != "" {
			lines = append(lines, sentence(said))
		}
		return append(lines, fmt.Sprintf("What the networks do is not compared: %s.", f.Why))
	}
	building := fmt.Sprintf("the building is not: on the same %d inputs the two agree on %s", b.Probe, figure.Percent(b.Agreement))
	if b.Distance == 0 {
		building = fmt.Sprintf("so is the building: on the same %d inputs the two have the same probabilities", b.Probe)
	}
	if !b.Shared {
		building += fmt.Sprintf("; A has %s of the test part of %s right and %s of that of %s, B %s and %s", figure.Percent(b.Accuracy[0][0]), b.Tests[0],
			figure.Percent(b.Accuracy[0][1]), b.Tests[1], figure.Percent(b.Accuracy[1][0]), figure.Percent(b.Accuracy[1][1]))
	} else {
		building += fmt.Sprintf("; A has %s of the test part right, B %s", figure.Percent(b.Accuracy[0][0]), figure.Percent(b.Accuracy[1][1]))
	}
	return append(lines, sentence(building), sentence(weightsSaid(f), swapsSaid(f)))
}

// divergedSaid says which networks have numbers that are none.
func divergedSaid(f *same.Findings) string {
	var said []string
	for i, n := range f.NonFinite {
		if n > 0 {
			said = append(said, fmt.Sprintf("%d of the %d numbers of %s are NaN or infinite", n, f.Values, inText(f.Names[i])))
		}
	}
	switch {
	case len(said) == 0:
		return ""
	case f.Pair == nil:
		return enumerated(said) + ", as after a training that diverged"
	}
	return "diverged: " + enumerated(said) + "; a smaller --lr or another --scheme may keep them small"
}

// weightsSaid says how alike the weights are.
func weightsSaid(f *same.Findings) string {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range f.Matrices() {
		lo, hi = min(lo, p.Cosine), max(hi, p.Cosine)
	}
	if lo > hi {
		return ""
	}
	return fmt.Sprintf("the cosine between two weights of one name is from %s to %s", figure.Number(lo), figure.Number(hi))
}

// swapsSaid says what an exchange of a layer costs, at worst: the share that each network puts in its class.
func swapsSaid(f *same.Findings) string {
	b := f.Behaviour
	if len(b.Swaps) == 0 {
		return ""
	}
	var said []string
	for i := range 2 {
		worst := slices.MinFunc(b.Swaps, func(x, y same.Swap) int { return cmp.Compare(x.Accuracy[i], y.Accuracy[i]) })
		said = append(said, fmt.Sprintf("from %s to %s with layer “%s”", figure.Percent(b.Accuracy[i][i]), figure.Percent(worst.Accuracy[i]), worst.Layer))
	}
	return fmt.Sprintf("A goes %s of B, and B %s of A", said[0], said[1])
}

func sameSettings(f *same.Findings) [][2]string {
	if f.Pair == nil {
		return [][2]string{{"A", f.Names[0]}, {"B", f.Names[1]}, versionSetting()}
	}
	s := f.Pair.Setup
	settings := make([][2]string, 0, 8)
	for i, name := range []string{"A", "B"} {
		one := s
		one.Data = f.Pair.Data[i]
		settings = append(settings, [2]string{name, fmt.Sprintf("%s; seed %d", dataSetting(one, f.Shown[i])[1], f.Pair.Seeds[i])})
	}
	return append(settings, networkSetting(s), [2]string{"start", s.Scheme}, trainingSetting(s), versionSetting())
}

// sameSummary has a row for each weight.
func sameSummary(f *same.Findings) []table.Column {
	columns := []table.Column{
		{Title: "WEIGHT"}, {Title: "SHAPE", Expend: 2}, {Title: "COSINE", Right: true}, {Title: "NORM OF A", Right: true, Expend: 1}, {Title: "NORM OF B", Right: true, Expend: 1},
		{Title: "A WITH B'S LAYER", Right: true}, {Title: "B WITH A'S LAYER", Right: true},
	}
	for _, p := range f.Matrices() {
		with := [2]string{}
		if f.Behaviour != nil {
			with = [2]string{none, none}
			for _, s := range f.Behaviour.Swaps {
				if s.Layer == p.Layer() {
					with = [2]string{figure.Percent(s.Accuracy[0]), figure.Percent(s.Accuracy[1])}
				}
			}
		}
		addRow(columns, p.Name, fmt.Sprint(p.Shape), figure.Number(p.Cosine), figure.Number(p.Norm[0]), figure.Number(p.Norm[1]), with[0], with[1])
	}
	return columns
}
