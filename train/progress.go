package train

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress is told how a run goes on.
type Progress interface {
	Start(epochs, samples, done int) // samples of one epoch, and of all epochs those done before
	Batch(samples int, loss float64) // samples of a batch (of a text, tokens), mean loss of the epoch so far
	Epoch(row Epoch)                 // an epoch is done
	Stop()                           // the run is, for good or ill
}

type silent struct{}

func (silent) Start(int, int, int) {}
func (silent) Batch(int, float64)  {}
func (silent) Epoch(Epoch)         {}
func (silent) Stop()               {}

// NewLines writes a line an epoch: for files, pipes and logs.
func NewLines(w io.Writer) Progress { return &lines{w: w} }

type lines struct {
	w       io.Writer
	epochs  int
	samples int
}

func (l *lines) Start(epochs, samples, _ int) { l.epochs, l.samples = epochs, samples }
func (l *lines) Batch(int, float64)           {}
func (l *lines) Stop()                        {}
func (l *lines) Epoch(row Epoch) {
	fmt.Fprintln(l.w, row.line(l.epochs, l.samples))
	row.writeSample(l.w)
}

// line describes an epoch in a line.
func (e Epoch) line(epochs, samples int) string {
	text := fmt.Sprintf("epoch %*d/%d  train %v", len(fmt.Sprint(epochs)), e.Epoch, epochs, e.Train)
	if e.Validation.Samples > 0 {
		text += fmt.Sprintf("  validation %v", e.Validation)
	}
	if s := e.Elapsed.Seconds(); s > 0 {
		text += fmt.Sprintf("  %.0f samples/s", float64(samples*(e.Epoch-1)+e.Train.Samples)/s)
	}
	return text
}

// writeSample shows what a model of text writes, in a line without control characters.
func (e Epoch) writeSample(w io.Writer) {
	if e.Sample != "" {
		fmt.Fprintf(w, "  %q\n", e.Sample)
	}
}

// NewBar draws a bar with samples per second, loss and time left on a terminal.
func NewBar(w io.Writer) Progress { return &bar{w: w} }

type bar struct {
	w               io.Writer
	bar             *progressbar.ProgressBar
	epochs, samples int
	epoch           int
	last            Epoch
}

func (b *bar) Start(epochs, samples, done int) {
	b.epochs, b.samples, b.epoch = epochs, samples, done/samples+1
	b.bar = progressbar.NewOptions(epochs*samples,
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(80*time.Millisecond),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("samples"),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
	)
	b.add(done)
}

func (b *bar) Batch(samples int, loss float64) {
	b.bar.Describe(fmt.Sprintf("epoch %d/%d  loss %.4f", b.epoch, b.epochs, loss))
	b.add(samples)
}

// add moves the bar. A terminal that cannot be written to any more is no reason to stop training.
func (b *bar) add(samples int) { _ = b.bar.Add(samples) }

func (b *bar) Epoch(row Epoch) {
	b.epoch, b.last = row.Epoch+1, row
	if row.Sample != "" {
		_ = b.bar.Clear() // as in add
		row.writeSample(b.w)
	}
}

func (b *bar) Stop() {
	_ = b.bar.Finish()
	if b.last.Epoch > 0 {
		fmt.Fprintln(b.w, b.last.line(b.epochs, b.samples))
	}
}
