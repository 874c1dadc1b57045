package tune

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/train"
)

// How much of the results is printed; results.csv has all.
const (
	bestShown   = 10 // settings
	failedShown = 3  // trials
)

// WriteText prints the best settings as a table no wider than width, if it can be, and what is left to do. The best
// setting's test score follows when all trials are done.
func (r *Results) WriteText(w io.Writer, width int) error {
	if err := table.Write(w, width, r.columns(r.Ranked[:min(len(r.Ranked), bestShown)])...); err != nil {
		return err
	}
	var b strings.Builder
	if hidden := len(r.Ranked) - bestShown; hidden > 0 {
		fmt.Fprintf(&b, "and %d more, in %s\n", hidden, ResultsFile)
	}
	r.failures(&b)
	done, _ := r.Count()
	if !r.Complete() {
		fmt.Fprintf(&b, "%d of %d trials done", done, len(r.Trials))
		if r.Busy > 0 {
			fmt.Fprintf(&b, "; other processes are training %d", r.Busy)
		}
		b.WriteString("\n")
	}
	if best := r.Best(); best != nil {
		fmt.Fprintf(&b, "best: %s  test %v  (%d %s", names(best.Trials), r.Test(), r.Test().Samples, counted(best.Config))
		if len(best.Trials) > 1 {
			fmt.Fprintf(&b, ", mean of %d seeds", len(best.Trials))
		}
		b.WriteString(")\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// counted is what a score counts.
func counted(c train.Config) string {
	if data.IsText(c.Spec.Name) {
		return "tokens"
	}
	return "samples"
}

// Err returns an error when all trials failed, with the reason of the first.
func (r *Results) Err() error {
	if _, failed := r.Count(); failed < len(r.Trials) {
		return nil
	}
	return errors.New("all trials failed; the first: " + table.Safe(r.Trials[0].Reason))
}

// columns are those of the table of settings.
func (r *Results) columns(shown []Ranked) []table.Column {
	column := func(title string, right bool, cell func(i int, s Ranked) string) table.Column {
		c := table.Column{Title: title, Right: right}
		for i, s := range shown {
			c.Cells = append(c.Cells, cell(i, s))
		}
		return c
	}
	columns := []table.Column{column("rank", true, func(i int, _ Ranked) string { return strconv.Itoa(i + 1) })}
	for j, name := range r.Plan.Names {
		columns = append(columns, column(name, false, func(_ int, s Ranked) string { return table.Safe(s.Values[j]) }))
	}
	measured := "val accuracy"
	if len(shown) > 0 && shown[0].Trials[0].Regression {
		measured = "val R2"
	}
	trials := column("trial", false, func(_ int, s Ranked) string { return names(s.Trials) })
	trials.Expend = 1
	return append(columns,
		column("val loss", true, func(_ int, s Ranked) string { return spread("%.4f", s.Mean.Loss, s.Deviation.Loss, len(s.Trials)) }),
		column(measured, true, func(_ int, s Ranked) string {
			if s.Trials[0].Regression {
				return spread("%.3f", s.Mean.R2, s.Deviation.R2, len(s.Trials))
			}
			return spread("%.1f", 100*s.Mean.Accuracy, 100*s.Deviation.Accuracy, len(s.Trials)) + "%"
		}),
		trials,
	)
}

// spread is a mean and, with several seeds, its standard deviation.
func spread(format string, mean, deviation float64, seeds int) string {
	if seeds == 1 {
		return fmt.Sprintf(format, mean)
	}
	return fmt.Sprintf(format+" ± "+format, mean, deviation)
}

// names are those of the trials of a setting.
func names(trials []Outcome) string {
	first, last := trials[0].Name, trials[len(trials)-1].Name
	if first == last {
		return first
	}
	return first + ".." + strings.TrimPrefix(last, "trial-")
}

// failures names the first trials that failed.
func (r *Results) failures(b *strings.Builder) {
	_, failed := r.Count()
	if failed == 0 {
		return
	}
	fmt.Fprintf(b, "%d of %d trials failed:\n", failed, len(r.Trials))
	shown := 0
	for _, o := range r.Trials {
		if o.State == Failed && shown < failedShown {
			shown++
			fmt.Fprintf(b, "  %s\n", o.line(r.Plan))
		}
	}
}
