package tensorboard

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"
)

// Writer adds events to a file of its own. When a method returns, its event is with the operating system, in one write,
// and outlives the process. A Writer is for one goroutine at a time.
//
// The first failure to write is the last: the file may end within a record then, and what follows would be lost behind
// it. Every later call returns the same error, so a program may look at that of Close alone.
type Writer struct {
	file   file
	path   string
	now    func() time.Time
	record []byte // reused
	counts counter
	err    error
}

// file is what a Writer needs of an [os.File].
type file interface {
	Write(b []byte) (int, error)
	Sync() error
	Close() error
}

// Option changes what [Create] does.
type Option func(*options)

type options struct {
	now    func() time.Time
	step   int
	suffix string
}

// ResumeAt is for a training that goes on: the writer will begin with events of this step, and what earlier files in the
// folder say of it and of later steps is retracted. Without it a writer begins at step 0.
func ResumeAt(step int) Option { return func(o *options) { o.step = step } }

// Suffix ends the file's name: ".eval", say. Letters, digits, '.', '-' and '_' stay; any other byte becomes '_'.
func Suffix(s string) Option { return func(o *options) { o.suffix = s } }

// Clock gives events their wall time, and the file the seconds in its name. Without it they come from [time.Now].
func Clock(now func() time.Time) Option { return func(o *options) { o.now = now } }

// Create makes a file of events in a run's folder, and the folder. The file's name comes after that of any other there,
// which is the order in which they are read. A new writer in a folder with events and without [ResumeAt] retracts them all.
func Create(dir string, opts ...Option) (*Writer, error) {
	o := options{now: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := createLast(dir, o.now().Unix(), o.suffix)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: f, path: f.Name(), now: o.now}
	if err := w.begin(o.step); err != nil {
		_ = f.Close() // an empty file is of no use, and the reason for that is being reported
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return w, nil
}

// begin writes what every file begins with.
func (w *Writer) begin(step int) error {
	_ = w.write(Event{Value: currentVersion}) // a failure is kept
	return w.write(Event{Step: int64(step), Value: Start{}})
}

// Path is where the file is.
func (w *Writer) Path() string { return w.path }

// Scalar notes a number. A tag that is not UTF-8 is refused, since it would make the whole file unreadable.
func (w *Writer) Scalar(tag string, step int, value float32) error {
	return w.note(tag, step, Scalar(value))
}

// Histogram notes how values are distributed, in TensorFlow's buckets: edges at 0 and at ±1e-12·1.1^k up to 1e20. NaN and
// infinities are left out of everything, Num included: a Num below len(values) tells that there are some. Where nothing
// finite is left, none included, the histogram is empty. The values are read once and not kept; equal values in equal
// order give equal bytes.
func (w *Writer) Histogram(tag string, step int, values []float32) error {
	return w.note(tag, step, w.counts.count(values))
}

func (w *Writer) note(tag string, step int, v Value) error {
	if !utf8.ValidString(tag) {
		return fmt.Errorf("the tag %q is not UTF-8: events need names that are", tag)
	}
	return w.write(Event{Step: int64(step), Tag: tag, Value: v})
}

func (w *Writer) write(e Event) error {
	if w.err != nil {
		return w.err
	}
	e.WallTime = float64(w.now().UnixMicro()) / 1e6 // more digits than a float64 of seconds has
	w.record = appendRecord(w.record[:0], func(dst []byte) []byte { return appendEvent(dst, e) })
	_, w.err = w.file.Write(w.record)
	return w.err
}

// Flush brings all events to the disk, so that they outlive a power cut too. To outlive the process they need no Flush.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.file.Sync()
	}
	return w.err
}

// Close brings all events to the disk and closes the file. It returns the first error that the Writer met. What is
// written later is refused.
func (w *Writer) Close() error {
	first := w.Flush()
	if errors.Is(first, os.ErrClosed) {
		return first
	}
	closed := w.file.Close()
	w.err = &os.PathError{Op: "write", Path: w.path, Err: os.ErrClosed}
	if first != nil {
		return first
	}
	return closed
}
