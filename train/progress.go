package train

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/heft-ml/heft/internal/bar"
)

// Progress is told how a run goes on.
type Progress interface {
	Start(w Work)                    // the run begins, or goes on
	Batch(samples int, loss float64) // samples of a batch (of a text, tokens), mean loss of the epoch so far
	Epoch(row Epoch)                 // an epoch is done
	Stop()                           // the run is, for good or ill
}

// Work is what a run has to do, and how much of it was done before it was stopped.
type Work struct {
	Text    bool                // it has rounds and tokens, not epochs and samples
	Rounds  int                 // epochs or, of a text, rounds of eval_every steps
	Steps   func(round int) int // batches of a round, which counts from 0
	Samples int                 // of a round that is whole; of a text, tokens
	Round   int                 // rounds done
	Step    int                 // steps done of the next one
	Done    int                 // samples of all these
}

// words are what rounds and samples are called.
func (w Work) words() (round, samples string) {
	if w.Text {
		return textRound, "tokens"
	}
	return "epoch", "samples"
}

// textRound is what a text has in the place of an epoch.
const textRound = "round"

type silent struct{}

func (silent) Start(Work)         {}
func (silent) Batch(int, float64) {}
func (silent) Epoch(Epoch)        {}
func (silent) Stop()              {}

// pace is where a run stands, for those who show it. The run and a clock may ask at once.
type pace struct {
	brief       bool // leave out the step where the loss is known
	mutex       sync.Mutex
	work        Work
	round, step int // done; steps of the round under way
	loss        float64
	heard       bool      // a loss, in the round under way
	since       time.Time // of the last thing done
	last        Epoch
}

func (p *pace) start(w Work) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.work, p.round, p.step, p.since = w, w.Round, w.Step, time.Now()
}

func (p *pace) batch(loss float64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.step, p.loss, p.heard, p.since = p.step+1, loss, true, time.Now()
}

func (p *pace) epoch(row Epoch) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.round, p.step, p.heard, p.since, p.last = row.Epoch, 0, false, time.Now(), row
}

// slow is a step long enough for the progress to tell that it is under way.
const slow = 2 * time.Second

// now tells in a few words what is done: the loss so far or, when nothing was heard for a while, what takes so long.
func (p *pace) now() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	round, _ := p.work.words()
	at := min(p.round, p.work.Rounds-1)
	text := fmt.Sprintf("%s %d/%d", round, at+1, p.work.Rounds)
	waited := time.Since(p.since)
	recent := p.heard && waited < slow
	switch steps := p.work.Steps(at); {
	case p.brief && recent: // the loss is enough
	case p.step >= steps:
		text += "  scoring"
	case p.brief:
		text += fmt.Sprintf("  step %d", p.step+1)
	default:
		text += fmt.Sprintf("  step %d/%d", p.step+1, steps)
	}
	switch {
	case recent:
		text += fmt.Sprintf("  loss %.4f", p.loss)
	case waited >= slow:
		text += fmt.Sprintf(", %.0f s", waited.Seconds())
	}
	return text
}

// NewLines writes a line an epoch, and one in between where an epoch takes long: for files, pipes and logs.
func NewLines(w io.Writer) Progress { return &lines{w: w, every: 30 * time.Second} }

type lines struct {
	pace
	w     io.Writer
	every time.Duration
	stop  func()

	writing sync.Mutex
	written bool // since the clock last asked
}

func (l *lines) Start(w Work) {
	l.start(w)
	l.stop = bar.Every(l.every, l.tick)
}

// tick writes a line when none was written for a while.
func (l *lines) tick() {
	l.writing.Lock()
	defer l.writing.Unlock()
	if !l.written {
		fmt.Fprintln(l.w, "in "+l.now())
	}
	l.written = false
}

func (l *lines) Batch(_ int, loss float64) { l.batch(loss) }

func (l *lines) Epoch(row Epoch) {
	l.epoch(row)
	l.writing.Lock()
	defer l.writing.Unlock()
	l.written = true
	fmt.Fprintln(l.w, row.line(l.work, 0))
	if row.Sample != "" {
		fmt.Fprintln(l.w, row.sampleLine())
	}
}

func (l *lines) Stop() { l.stop() }

// line describes an epoch in a line, or in several that are no wider than so many columns; 0 means any.
func (e Epoch) line(w Work, columns int) string {
	round, samples := w.words()
	parts := []string{fmt.Sprintf("%s %*d/%d", round, len(fmt.Sprint(w.Rounds)), e.Epoch, w.Rounds), fmt.Sprintf("train %v", e.Train)}
	if e.Validation.Samples > 0 {
		parts = append(parts, fmt.Sprintf("validation %v", e.Validation))
	}
	if s := e.Elapsed.Seconds(); s > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %s/s", float64(w.Samples*(e.Epoch-1)+e.Train.Samples)/s, samples))
	}
	text, width := parts[0], len(parts[0])
	for _, part := range parts[1:] {
		gap := "  "
		if columns > 0 && width+len(gap)+len(part) > columns {
			gap, width = "\n  ", 0
		}
		text += gap + part
		width += len("  ") + len(part)
	}
	return text
}

// sampleLine shows what a model of text writes, in a line without control characters.
func (e Epoch) sampleLine() string { return fmt.Sprintf("  %q", e.Sample) }
