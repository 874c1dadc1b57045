package train

import (
	"fmt"
	"io"
	"time"

	"github.com/heft-ml/heft/internal/bar"
)

// NewBar draws a bar with samples per second, loss and time left on a terminal of so many columns; 0 columns are enough
// for everything. It moves while a step takes long.
func NewBar(w io.Writer, columns int) Progress {
	return &progressBar{pace: pace{brief: true}, w: w, columns: columns}
}

type progressBar struct {
	pace
	w       io.Writer
	columns int
	bar     *bar.Bar
	stop    func()
}

func (b *progressBar) Start(w Work) {
	b.start(w)
	_, samples := w.words()
	b.bar = bar.New(b.w, bar.Settings{Total: int64(w.Rounds * w.Samples), Unit: samples, Columns: b.columns, Text: b.now(), Widest: w.widest()})
	b.bar.Add(int64(w.Done))
	b.stop = bar.Every(time.Second, func() { b.bar.Describe(b.now()) })
}

// widest is how many columns pace.now takes, of a loss below 100 and for steps of less than 1,000 seconds.
func (w Work) widest() int {
	round, _ := w.words()
	start := fmt.Sprintf("%s %d/%d  ", round, w.Rounds, w.Rounds)
	return len(start) + max(len("loss 99.9999"), len(fmt.Sprintf("step %d, 999 s", w.Steps(0))))
}

func (b *progressBar) Batch(samples int, loss float64) {
	b.batch(loss)
	b.bar.Describe(b.now())
	b.bar.Add(int64(samples))
}

func (b *progressBar) Epoch(row Epoch) {
	b.epoch(row)
	if row.Sample != "" {
		b.bar.Print(row.sampleLine())
	}
}

func (b *progressBar) Stop() {
	b.stop()
	b.bar.Stop()
	if b.last.Epoch > 0 {
		fmt.Fprintln(b.w, b.last.line(b.work, b.columns))
	}
}
