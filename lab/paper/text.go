package paper

import (
	"fmt"
	"io"
	"strings"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab/figure"
)

// Command returns the command that makes the result again.
func (r *Result) Command() string {
	command := "heft lab paper " + r.Paper.Name
	if r.Seeds != DefaultSeeds {
		command += fmt.Sprintf(" --seeds %d", r.Seeds)
	}
	return command
}

// Verdict says in a sentence whether the rule holds and, if not, of what it does not.
func (r *Result) Verdict() string {
	if r.Holds() {
		return "The rule holds."
	}
	var broken []string
	for _, row := range r.Rows {
		if !row.Holds() {
			broken = append(broken, fmt.Sprintf("%s is %s, not %s", row.Label, row.found(), row.Limits))
		}
	}
	return "The rule does not hold: " + strings.Join(broken, "; ") + "."
}

// found is what a limit is compared with: the mean, or the values' range.
func (r Row) found() string {
	if !r.Limits.Every {
		return figure.Number(r.Mean())
	}
	return span(r.Range())
}

// span writes a range.
func span(lo, hi float64) string { return figure.Number(lo) + " to " + figure.Number(hi) }

// cells are what a table shows of a row: the words of [titles].
func (r Row) cells() []string {
	rule, holds := "", ""
	if r.Limits != nil {
		rule, holds = r.Limits.String(), "no"
		if r.Holds() {
			holds = "yes"
		}
	}
	return []string{r.Label, figure.Number(r.Mean()), span(r.Interval()), span(r.Range()), rule, holds}
}

// titles head the columns of a table of rows.
var titles = []string{"quantity", "mean", "95% interval", "seeds", "rule", "holds"}

// WriteText writes the result for a terminal of so many columns.
func (r *Result) WriteText(w io.Writer, width int) error {
	p := r.Paper
	if _, err := fmt.Fprintf(w, "%s (%s)\n\n", p.Title, p.Name); err != nil {
		return err
	}
	for _, line := range []string{p.Source + ": " + p.Claim, "Here: " + p.Setup, "Rule: " + p.Rule} {
		if _, err := fmt.Fprintf(w, "%s\n\n", table.Wrap(line, width)); err != nil {
			return err
		}
	}
	columns := make([]table.Column, len(titles))
	for i, title := range titles {
		columns[i] = table.Column{Title: strings.ToUpper(title), Right: i > 0 && i < 4}
	}
	columns[3].Expend = 1 // the seeds' range goes first where there is no room
	for _, row := range r.Rows {
		for i, cell := range row.cells() {
			columns[i].Cells = append(columns[i].Cells, table.Safe(cell))
		}
	}
	if err := table.Write(w, width, columns...); err != nil {
		return err
	}
	verdict := strings.TrimSpace(r.Verdict() + " " + p.Note)
	_, err := fmt.Fprintf(w, "\n%s\n", table.Wrap(verdict, width))
	return err
}
