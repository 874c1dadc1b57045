package tune

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"

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

// NewBar draws a bar with the time left and the best trial so far on a terminal.
func NewBar(w io.Writer) Progress { return &bar{w: w} }

type bar struct {
	w    io.Writer
	bar  *progressbar.ProgressBar
	plan *Plan
	best Outcome
}

func (b *bar) Start(p *Plan, total, done int) {
	b.plan = p
	b.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetWidth(24),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetDescription("trials"),
	)
	b.add(done)
}

func (b *bar) Trial(o Outcome) {
	if o.State == Finished && (b.best.State != Finished || b.plan.better(o.Kept.Validation, b.best.Kept.Validation)) {
		b.best = o
		b.bar.Describe(fmt.Sprintf("trials  best: %s %v", o.Name, o.Kept.Validation))
	}
	b.add(1)
}

// add moves the bar. A terminal that cannot be written to any more is no reason to stop.
func (b *bar) add(trials int) { _ = b.bar.Add(trials) }

func (b *bar) Stop() { _ = b.bar.Finish() }
