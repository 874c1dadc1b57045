package tune

import (
	"fmt"
	"io"
	"time"

	"github.com/heft-ml/heft/internal/bar"
	"github.com/heft-ml/heft/internal/table"
)

// Progress is told how a search goes on, by one goroutine at a time.
type Progress interface {
	Start(p *Plan, total, done int) // how many trials this process has to do, and how many of them are done
	Trial(o Outcome)                // a trial is done
	Stop()                          // the search is, for good or ill
}

type silent struct{}

func (silent) Start(*Plan, int, int) {}
func (silent) Trial(Outcome)         {}
func (silent) Stop()                 {}

// NewLines writes a line a trial: for files, pipes and logs.
func NewLines(w io.Writer) Progress { return &lines{w: w} }

type lines struct {
	w           io.Writer
	plan        *Plan
	total, done int
}

func (l *lines) Start(p *Plan, total, done int) { l.plan, l.total, l.done = p, total, done }
func (l *lines) Stop()                          {}

func (l *lines) Trial(o Outcome) {
	l.done++
	fmt.Fprintf(l.w, "%*d/%d  %s\n", len(fmt.Sprint(l.total)), l.done, l.total, o.line(l.plan))
}

// line describes a trial in a line.
func (o Outcome) line(p *Plan) string {
	text := o.Name + "  " + table.Safe(p.label(o.Setting, "  "))
	if p.Seeds > 1 {
		text += fmt.Sprintf("seed=%d  ", o.Config.Seed)
	}
	if o.State == Failed {
		return text + "failed: " + table.Safe(o.Reason)
	}
	return text + "validation " + o.Kept.Validation.String()
}

// NewBar draws a bar with the time left and the best trial so far on a terminal of so many columns; 0 columns are enough for
// everything.
func NewBar(w io.Writer, columns int) Progress { return &progressBar{w: w, columns: columns} }

type progressBar struct {
	w       io.Writer
	columns int
	bar     *bar.Bar
	stop    func()
	plan    *Plan
	best    Outcome
}

// scoreColumns are those that a bar must have left beside the best trial to tell its score, too.
const scoreColumns = 60

func (b *progressBar) Start(p *Plan, total, done int) {
	b.plan = p
	widest := len("best: ") + len(p.trials[len(p.trials)-1].Name)
	if b.columns > widest+scoreColumns {
		widest += len("  loss 99.9999  accuracy 100.0%")
	}
	b.bar = bar.New(b.w, bar.Settings{Total: int64(total), Columns: b.columns, Text: "trials", Widest: widest})
	b.bar.Add(int64(done))
	b.stop = bar.Every(time.Second, b.bar.Redraw) // trials take long
}

func (b *progressBar) Trial(o Outcome) {
	if o.State == Finished && (b.best.State != Finished || b.plan.better(o.Kept.Validation, b.best.Kept.Validation)) {
		b.best = o
		text := "best: " + o.Name
		if b.columns == 0 || b.columns > len(text)+scoreColumns {
			text += fmt.Sprintf("  %v", o.Kept.Validation)
		}
		b.bar.Describe(text)
	}
	b.bar.Add(1)
}

func (b *progressBar) Stop() {
	b.stop()
	b.bar.Stop()
}
