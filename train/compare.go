package train

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/heft-ml/heft/internal/table"
)

// Comparison sets runs side by side, of one task or of several.
type Comparison struct {
	Differing []string   `json:"differing"` // names of the settings that are not the same in all runs
	Runs      []Compared `json:"runs"`
}

// Compared is one run of a comparison.
type Compared struct {
	Run      string  `json:"run"` // its folder
	Config   Config  `json:"config"`
	Finished bool    `json:"finished"`
	Epochs   int     `json:"epochs"`            // done; of a text, rounds of eval_every steps
	Measure  string  `json:"measure,omitempty"` // what a score is: accuracy or r2; "" before the first epoch
	Best     *Mark   `json:"best_validation,omitempty"`
	Last     *Mark   `json:"last_validation,omitempty"`
	Training *Mark   `json:"last_training,omitempty"`
	Test     *Score  `json:"test,omitempty"` // once the run is finished
	Seconds  float64 `json:"seconds"`        // trained so far

	history *History
}

// Mark is what a run scored after an epoch.
type Mark struct {
	Epoch int     `json:"epoch"`
	Loss  float64 `json:"loss"`
	Score float64 `json:"score"` // accuracy, or R2 in regression
}

// Names of measures.
const (
	accuracyMeasure = "accuracy"
	r2Measure       = "r2"
)

// Compare reads the folders of runs, finished or not. The first error is returned: see [ReadHistory].
func Compare(dirs ...string) (*Comparison, error) {
	if len(dirs) == 0 {
		return nil, errors.New("no run to compare")
	}
	c := &Comparison{Differing: []string{}}
	configs := make([]Config, len(dirs))
	for i, dir := range dirs {
		h, err := ReadHistory(dir)
		if err != nil {
			return nil, err
		}
		configs[i] = h.Config
		c.Runs = append(c.Runs, compared(h))
	}
	c.Differing = append(c.Differing, Differing(configs...)...)
	return c, nil
}

func compared(h *History) Compared {
	c := Compared{Run: h.Dir, Config: h.Config, Finished: h.Recipe != nil, Epochs: len(h.Epochs), history: h}
	if last, ok := h.Last(); ok {
		c.Measure = accuracyMeasure
		if h.Regression {
			c.Measure = r2Measure
		}
		c.Seconds = last.Elapsed.Seconds()
		c.Training = h.mark(last, last.Train)
		if best, ok := h.Best(); ok {
			c.Best, c.Last = h.mark(best, best.Validation), h.mark(last, last.Validation)
		}
	}
	if h.Recipe != nil {
		c.Test = &h.Recipe.Test
	}
	return c
}

func (h *History) mark(e Epoch, s Score) *Mark {
	if h.Regression {
		return &Mark{e.Epoch, s.Loss, s.R2}
	}
	return &Mark{e.Epoch, s.Loss, s.Accuracy}
}

// WriteJSON writes the comparison as one JSON object.
func (c *Comparison) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(c) }

// WriteText draws a table: a row a run, with the settings that are not the same in all runs, the best and the last
// validation score, and the test score. Where one of the runs held nothing out, the training score stands there too. If a
// line would be longer than width columns, the less important columns are left out, and else every run becomes a
// paragraph.
func (c *Comparison) WriteText(w io.Writer, width int) error {
	columns := []table.Column{c.column("run", func(r Compared) string { return table.Safe(r.Run) })}
	for _, name := range c.Differing {
		if name != "epochs" { // which have a column anyway
			columns = append(columns, c.column(name, func(r Compared) string { return table.Safe(r.Config.Setting(name)) }))
		}
	}
	columns = append(columns, right(0, c.column("epochs", func(r Compared) string { return fmt.Sprintf("%d/%d", r.Epochs, r.Config.Rounds()) })))
	columns = append(columns, c.scored(0, "best loss", func(r Compared) *Mark { return r.Best })...)
	columns = append(columns, right(2, c.column("at", func(r Compared) string {
		if r.Best == nil {
			return ""
		}
		return strconv.Itoa(r.Best.Epoch)
	})))
	columns = append(columns, c.scored(3, "last loss", func(r Compared) *Mark { return r.Last })...)
	if !c.validated() {
		columns = append(columns, c.scored(0, "train loss", func(r Compared) *Mark { return r.Training })...)
	}
	columns = append(columns, c.scored(0, "test loss", func(r Compared) *Mark {
		if r.Test == nil {
			return nil
		}
		return r.history.mark(Epoch{}, *r.Test)
	})...)
	done := c.column("finished", func(r Compared) string {
		if r.Finished {
			return "yes"
		}
		return "no"
	})
	done.Expend = 1
	columns = append(columns, done, right(4, c.column("seconds", func(r Compared) string { return fmt.Sprintf("%.1f", r.Seconds) })))
	if err := table.Write(w, width, columns...); err != nil || c.measure() != "" {
		return err
	}
	_, err := fmt.Fprintln(w, "note: the runs are of two tasks: their losses, cross entropy and squared error, do not compare")
	return err
}

// column asks every run for its cell.
func (c *Comparison) column(title string, cell func(r Compared) string) table.Column {
	col := table.Column{Title: title}
	for _, r := range c.Runs {
		col.Cells = append(col.Cells, cell(r))
	}
	return col
}

// right makes a column of numbers, which may go when there is no room.
func right(expend int, col table.Column) table.Column {
	col.Right, col.Expend = true, expend
	return col
}

// scored makes two columns, of loss and of score. A score is named in the title or, if not all runs have the same
// measure, in the cell.
func (c *Comparison) scored(expend int, lossTitle string, mark func(r Compared) *Mark) []table.Column {
	one := c.measure()
	loss := c.column(lossTitle, func(r Compared) string {
		m := mark(r)
		if m == nil {
			return ""
		}
		return fmt.Sprintf("%.4f", m.Loss)
	})
	score := c.column(cmp.Or(one, "score"), func(r Compared) string {
		m := mark(r)
		switch {
		case m == nil:
			return ""
		case one == "":
			return r.Measure + " " + scoreText(r.Measure, m.Score)
		}
		return scoreText(r.Measure, m.Score)
	})
	return []table.Column{right(expend, loss), right(expend, score)}
}

func scoreText(measure string, score float64) string {
	if measure == r2Measure {
		return fmt.Sprintf("%.3f", score)
	}
	return fmt.Sprintf("%.1f%%", 100*score)
}

// measure returns the measure of all runs that have one; "" when they differ.
func (c *Comparison) measure() string {
	one := accuracyMeasure
	for i, r := range c.measured() {
		if i > 0 && r.Measure != one {
			return ""
		}
		one = r.Measure
	}
	return one
}

// measured returns the runs with an epoch or more.
func (c *Comparison) measured() (runs []Compared) {
	for _, r := range c.Runs {
		if r.Measure != "" {
			runs = append(runs, r)
		}
	}
	return runs
}

// validated tells whether every run that has an epoch has a validation score.
func (c *Comparison) validated() bool {
	for _, r := range c.measured() {
		if r.Best == nil {
			return false
		}
	}
	return true
}
