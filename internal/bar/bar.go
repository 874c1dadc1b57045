// Package bar draws how far something is, on one line of a terminal that it does not leave.
package bar

import (
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rivo/uniseg"
	"github.com/schollz/progressbar/v3"
)

// Settings say what a bar shows. From the least important on, what has no room on a line is left out: the bar itself, the
// count or the rate, the times.
type Settings struct {
	Total   int64  // of what is counted; -1 while it is not known
	Unit    string // what is counted, for a rate as in "samples/s"; "" shows the count instead
	Bytes   bool   // bytes are counted: both are shown
	Columns int    // of the terminal; 0 is enough for everything
	Text    string // the first description
	Widest  int    // columns of the longest one
}

// Bar is a bar that is being drawn. Many goroutines may use it at once. What goes wrong with the terminal is no reason to
// stop what the bar shows, and is not told.
type Bar struct {
	mutex sync.Mutex
	w     io.Writer
	bar   *progressbar.ProgressBar
	room  int // columns for a description
}

// New draws a bar at its start.
func New(w io.Writer, s Settings) *Bar {
	b := &Bar{w: w, room: math.MaxInt}
	if s.Columns > 0 {
		b.room = max(s.Columns-percent, 1)
	}
	b.bar = progressbar.NewOptions64(s.Total, append(s.options(w), progressbar.OptionSetDescription(fitting(s.Text, b.room)))...)
	if s.Total > 0 {
		_ = b.bar.RenderBlank()
	}
	return b
}

// Columns that parts of a line take, each with the blank before it. A longer time is taken from the bar's length.
const (
	percent  = len(" 100%   ")
	times    = len(" [59m59s:9h59m59s]")
	rate     = len(" (999999 /s)") // and the unit
	amounts  = len(" (999/999 MB, 999 MB/s)")
	brackets = len("||")
	longest  = 24 // of the bar
	shortest = 4
)

// options chooses what a line has room for.
func (s Settings) options(w io.Writer) []progressbar.Option {
	room := math.MaxInt
	if s.Columns > 0 {
		room = s.Columns - s.Widest - percent
	}
	take := func(columns int) bool {
		if columns > room {
			return false
		}
		room -= columns
		return true
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
	}
	if s.Unit != "" || s.Bytes { // which come fast
		options = append(options, progressbar.OptionThrottle(80*time.Millisecond))
	}
	if !take(times) {
		options = append(options, progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
	}
	if take(s.stats()) {
		options = append(options, progressbar.OptionShowBytes(s.Bytes))
		if s.Unit == "" {
			options = append(options, progressbar.OptionShowCount())
		} else {
			options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(s.Unit))
		}
	}
	length := min(longest, room-brackets)
	switch _, fitted := w.(*os.File); {
	case s.Total < 0: // there is no bar yet
		return append(options, progressbar.OptionSetWidth(max(length, shortest)))
	case length >= shortest && fitted: // the library makes it as short as a terminal needs it at the moment
		return append(options, progressbar.OptionSetWidth(longest))
	case length >= shortest:
		return append(options, progressbar.OptionSetWidth(length))
	}
	return append(options, progressbar.OptionSetWidth(0), progressbar.OptionSetTheme(progressbar.Theme{}))
}

// stats is how wide a count or a rate can be.
func (s Settings) stats() int {
	switch {
	case s.Bytes:
		return amounts
	case s.Unit != "":
		return rate + len(s.Unit)
	}
	digits := int(math.Log10(float64(max(s.Total, 1)))) + 1
	return len(" (/)") + 2*digits
}

// Describe puts a text before the bar, as much of it as there is room for, and draws the bar anew.
func (b *Bar) Describe(text string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.bar.Describe(fitting(text, b.room))
}

// fitting returns the start of a text that is no wider than so many columns.
func fitting(text string, columns int) string {
	var short strings.Builder
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if columns -= g.Width(); columns < 0 {
			break
		}
		short.WriteString(g.Str())
	}
	return short.String()
}

// Add moves the bar.
func (b *Bar) Add(n int64) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_ = b.bar.Add64(n)
}

// Set moves the bar to n of total.
func (b *Bar) Set(n, total int64) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if total > 0 && total != b.bar.GetMax64() {
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(n)
}

// Redraw draws the bar as it is now: time goes on when nothing else does.
func (b *Bar) Redraw() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_ = b.bar.RenderBlank()
}

// Print writes a line above the bar.
func (b *Bar) Print(line string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_ = b.bar.Clear()
	_, _ = io.WriteString(b.w, line+"\n")
}

// Stop takes the bar away.
func (b *Bar) Stop() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_ = b.bar.Finish()
}

// Every calls f again and again after so much time, until the function that it returns is called, which waits for a call
// under way.
func Every(interval time.Duration, f func()) (stop func()) {
	ticker, done := time.NewTicker(interval), make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				f()
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
	}
}
