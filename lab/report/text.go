package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// WriteText writes the summary as a table for a terminal of so many columns, and the answer below it.
func (r *Report) WriteText(w io.Writer, width int) error {
	if err := table.Write(w, width, r.Summary...); err != nil {
		return err
	}
	for _, line := range r.Answer {
		if _, err := fmt.Fprintf(w, "\n%s\n", table.Wrap(line, width)); err != nil {
			return err
		}
	}
	return nil
}

// none stands where a table has no number.
const none = "-"

// addRow adds a cell to each column.
func addRow(columns []table.Column, cells ...string) {
	for i, cell := range cells {
		columns[i].Cells = append(columns[i].Cells, table.Safe(cell))
	}
}

// studySummary has a row for each case.
func studySummary(f *lab.Findings, vs []verdict) []table.Column {
	columns := []table.Column{
		{Title: "START"}, {Title: "SIGNAL 1", Right: true, Expend: 1}, {Title: fmt.Sprintf("SIGNAL %d", f.Setup.Depth), Right: true},
		{Title: "GRADIENT 1", Right: true}, {Title: fmt.Sprintf("GRADIENT %d", f.Setup.Depth), Right: true, Expend: 1},
		{Title: "UPDATE/WEIGHT", Right: true, Expend: 2}, {Title: "LOSS", Right: true}, {Title: "TEST", Right: true}, {Title: "LEARNS FROM STEP", Right: true},
		{Title: "OVERFLOWED", Right: true},
	}
	some := slices.ContainsFunc(vs, func(v verdict) bool { return v.some != "" })
	for k, v := range vs {
		begin, ratio, first, top := "never", figure.Number(v.ratio), figure.Number(v.first), figure.Number(v.top)
		if !math.IsInf(v.begins, 1) {
			begin = fmt.Sprintf("%.0f", v.begins)
		}
		if f.Setup.Steps == 0 {
			begin, ratio = none, none
		}
		if f.Setup.Depth == 1 { // the first layer is the last: a column without text is left out
			first, top = "", ""
		}
		over := "" // where all seeds overflow, or none, the loss says so
		if some {
			over = fmt.Sprintf("%d of %d", overflowed(f.Runs[k]), f.Seeds)
		}
		addRow(columns, f.Cases[k].Name, first, figure.Number(v.last), figure.Number(v.gradient), top,
			ratio, figure.Number(v.loss), figure.Percent(v.accuracy), begin, over)
	}
	return columns
}
