package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/lab/sweep"
)

// NewSweep says which start learns at which depth.
func NewSweep(r *sweep.Results) *Report {
	b := r.Base
	starts := make([]lab.Case, len(r.Schemes))
	for i, s := range r.Schemes {
		starts[i] = lab.NewCase(s)
	}
	rows := sweepRows(r)
	return &Report{
		Title: fmt.Sprintf("Which start learns at which depth: %s on %s", many(r.Len(), "network"), b.Data),
		Answer: append([]string{
			sentence(deepest(rows)),
			fmt.Sprintf("A network has learned when its loss is below half of that of guessing (%s) after %s; of the learning rates each start has its best.",
				figure.Number(r.Guessing), many(b.Steps, "step")),
		}, neverStarted(r)...),
		Command: r.Command(), Made: fmt.Sprintf("Seeds: %d.", r.Seeds),
		Sections: []Section{learnedAt(r, rows), accuracyAt(r, rows)},
		Settings: [][2]string{
			dataSetting(b, r.Train), {"networks", fmt.Sprintf("%ss: %s; units of each: %s; activations: %s", layerWord(b), listed(r.Depths), listed(r.Widths), enumerated(r.Activations))},
			startSetting(starts), trainingAt(b, r.LRs), seedSetting(b, r.Seeds), versionSetting(),
		},
		Summary: sweepSummary(r, rows),
	}
}

// neverStarted says how many networks could not be started, and why the first could not; nothing if all were.
func neverStarted(r *sweep.Results) []string {
	n, first := 0, ""
	for _, one := range r.Runs {
		if one.Reason != "" {
			if n++; n == 1 {
				first = one.Reason
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %s cannot be started, and count as not learned: %s.", n, many(r.Len(), "network"), first)}
}

// listed joins numbers as one does in speech.
func listed[T int | float64](values []T) string {
	var words []string
	for _, v := range values {
		words = append(words, strconv.FormatFloat(float64(v), 'g', -1, 64))
	}
	return enumerated(words)
}

// sweepRow is a start in networks of one activation and width: a cell for each depth.
type sweepRow struct {
	name  string // in a figure
	said  string // in a sentence
	cells []sweep.Cell
}

func sweepRows(r *sweep.Results) (rows []sweepRow) {
	cells := r.Cells()
	for i := 0; i < len(cells); i += len(r.Depths) {
		start, kind := lab.NewCase(cells[i].Scheme).Name, ""
		if len(r.Activations) > 1 {
			kind += ", " + cells[i].Activation
		}
		if len(r.Widths) > 1 {
			kind += fmt.Sprintf(", %d wide", cells[i].Width)
		}
		rows = append(rows, sweepRow{start + kind, inText(start) + kind, cells[i : i+len(r.Depths)]})
	}
	return rows
}

// atNoDepth is said of a start with which no depth learns.
const atNoDepth = "at no depth"

// deepest says how deep each start learns with every seed.
func deepest(rows []sweepRow) string {
	var gs groups
	learned := false
	for _, row := range rows {
		where := learnsWhere(row.cells)
		learned = learned || where != atNoDepth
		gs.add(where, row.said)
	}
	if !learned {
		return "at no depth does every seed learn"
	}
	return "every seed learns " + enumerated(gs.said())
}

// learnsWhere says to which depth every seed learns or, if a shallower network fails, at which depths.
func learnsWhere(cells []sweep.Cell) string {
	byDepth := slices.SortedFunc(slices.Values(cells), func(a, b sweep.Cell) int { return cmp.Compare(a.Depth, b.Depth) })
	var learns, fails []int
	gaps := 0 // of those that fail, how many are shallower than one that learns
	for _, c := range byDepth {
		if c.Learned == 1 {
			learns, gaps = append(learns, c.Depth), len(fails)
		} else {
			fails = append(fails, c.Depth)
		}
	}
	switch {
	case len(learns) == 0:
		return atNoDepth
	case gaps == 0:
		return fmt.Sprintf("to depth %d", learns[len(learns)-1])
	case len(learns) == 1:
		return fmt.Sprintf("at depth %d but not at %s", learns[0], listed(fails[:gaps]))
	}
	return fmt.Sprintf("at depths %s but not at %s", listed(learns), listed(fails[:gaps]))
}

func depthStrip(r *sweep.Results, rows []sweepRow, of func(c sweep.Cell) float64) figure.Strip {
	strip := figure.Strip{Label: layerWord(r.Base) + "s"}
	for _, d := range r.Depths {
		strip.Columns = append(strip.Columns, strconv.Itoa(d))
	}
	for _, row := range rows {
		strip.Rows = append(strip.Rows, row.name)
		var shares []float64
		for _, c := range row.cells {
			shares = append(shares, of(c))
		}
		strip.Shares = append(strip.Shares, shares)
	}
	return strip
}

// learnedAt is the map of starts and depths; its file has every run.
func learnedAt(r *sweep.Results, rows []sweepRow) Section {
	t := Table{Head: []string{"start", "activation", "width", "depth", "best learning rate", "share that learned", "median loss", "median test accuracy", "seeds that overflowed"}}
	for _, row := range rows {
		for _, c := range row.cells {
			t.Rows = append(t.Rows, []any{c.Scheme, c.Activation, c.Width, c.Depth, c.LR, c.Learned, c.Loss, c.Accuracy, c.Exploded})
		}
	}
	all := Table{Head: []string{"start", "activation", "width", "depth", "learning rate", "seed", "loss", "test accuracy", "learns from step", "exploded at step", "cannot start"}}
	for _, one := range r.Runs {
		s := one.Setup
		all.Rows = append(all.Rows, []any{s.Scheme, s.Activation, s.Width, s.Depth, s.LR, strconv.FormatUint(s.Seed, 10), one.Loss, one.Accuracy, one.Learns, one.Exploded, one.Reason})
	}
	return Section{
		Name: "learned", Title: sentence(deepest(rows)), Table: t, Data: all,
		Figure: depthStrip(r, rows, func(c sweep.Cell) float64 { return c.Learned }),
		Detail: "The share of seeds that learn, at the learning rate at which the most do.",
	}
}

func accuracyAt(r *sweep.Results, rows []sweepRow) Section {
	t := Table{Head: []string{"start", "depth", "median test accuracy"}}
	best := rows[0].cells[0]
	name := rows[0].said
	for _, row := range rows {
		for _, c := range row.cells {
			t.Rows = append(t.Rows, []any{row.name, c.Depth, c.Accuracy})
			if c.Accuracy > best.Accuracy {
				best, name = c, row.said
			}
		}
	}
	return Section{
		Name: "accuracy", Table: t, Figure: depthStrip(r, rows, func(c sweep.Cell) float64 { return c.Accuracy }),
		Title:  sentence(fmt.Sprintf("the highest test accuracy is %s, with %s at depth %d", figure.Percent(best.Accuracy), name, best.Depth)),
		Detail: "Accuracy on the test part after training: the median over seeds, at the same learning rates.",
	}
}

func sweepSummary(r *sweep.Results, rows []sweepRow) []table.Column {
	columns := []table.Column{{Title: "LEARNED AT DEPTH"}}
	for _, d := range r.Depths {
		columns = append(columns, table.Column{Title: strconv.Itoa(d), Right: true})
	}
	for _, row := range rows {
		cells := []string{row.name}
		for _, c := range row.cells {
			cells = append(cells, figure.Percent(c.Learned))
		}
		addRow(columns, cells...)
	}
	return columns
}
