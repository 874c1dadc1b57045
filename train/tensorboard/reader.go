package tensorboard

import (
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// Read yields the events of one file in their order. Values of kinds other than those of [Value] are passed over:
// pictures, text and tensors, graphs, other states of a session. A file that ends within a record ends before it. An error
// is the last thing Read yields, a [*CorruptError] when the file is at fault. Memory is bounded by the largest record.
//
// A [Start] is yielded and not obeyed: see [Load].
func Read(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		records := newRecordReader(r)
		for {
			at := records.offset
			message, err := records.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			more, err := decodeEvent(message, func(e Event) bool { return yield(e, nil) })
			if err != nil {
				yield(Event{}, &CorruptError{at, err.Error()})
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// Load returns the scalars and histograms of a run: those of all files of events in the folder, in their order, without
// what a later [Start] retracts. It is an error when there is no file of events, and when one is corrupt.
func Load(dir string) ([]Event, error) {
	names, err := eventFiles(dir)
	if err != nil {
		return nil, err
	}
	var events []Event
	read := 0
	for _, name := range names {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // gone since it was listed, or nothing that can be read to an end
		}
		if events, err = appendFile(events, path); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
		read++
	}
	if read == 0 {
		return nil, fmt.Errorf("%q has no file of events: their names have %q in them", dir, infix)
	}
	return standing(events), nil
}

func appendFile(events []Event, path string) ([]Event, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for e, err := range Read(f) {
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// standing keeps the values that no later Start retracts. Seen from the end, the least step of all Starts says it at once.
func standing(events []Event) []Event {
	from := len(events)
	begun, least := false, int64(math.MaxInt64)
	for _, e := range slices.Backward(events) {
		switch e.Value.(type) {
		case Start:
			begun, least = true, min(least, e.Step)
		case Scalar, *Histogram:
			if !begun || e.Step < least {
				from--
				events[from] = e
			}
		}
	}
	return events[from:]
}
