package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

const startTitle = "From the start of the process to the first finished training step"

// started are the work loads that processes start for: a small network, and one whose memory is that of its values.
var started = []protocol.Work{perceptrons[0], networks[len(networks)-1]}

// beginning is what processes took for a work load.
type beginning struct {
	work   protocol.Work
	starts []start
}

// start is how long a library takes until it has done something, by round, and how much memory it has had at once by then.
type start struct {
	key, name string
	seconds   []float64
	bytes     []float64 // none where the system does not tell
}

// measureStarts has processes take turns at starting, doing one training step, and ending.
func measureStarts(ctx context.Context, all []entrant, rounds int) (beginnings []beginning, err error) {
	dir, err := os.MkdirTemp("", "heft-peers-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	all = slices.DeleteFunc(slices.Clone(all), func(e entrant) bool { return !e.isIn(inStart, runtime.NumCPU()) || e.err != nil })
	for i, w := range started {
		file := filepath.Join(dir, fmt.Sprintf("%d.safetensors", i))
		if err := writeStart(file, w); err != nil {
			return nil, err
		}
		b := beginning{work: w}
		if b.starts, err = takeStarts(ctx, all, w, file, rounds); err != nil {
			return nil, err
		}
		if len(b.starts) > 0 {
			beginnings = append(beginnings, b)
		}
	}
	return beginnings, nil
}

// takeStarts measures one work load. A contestant that cannot do it is left out.
func takeStarts(ctx context.Context, all []entrant, w protocol.Work, file string, rounds int) ([]start, error) {
	starts, out := make([]start, len(all)), make([]bool, len(all))
	for round := range rounds {
		for turn := range all {
			i := (turn + round) % len(all)
			if out[i] {
				continue
			}
			if err := rest(ctx); err != nil {
				return nil, err
			}
			if err := starts[i].measure(ctx, all[i], w, file); err != nil {
				log.Printf("%s: %s: %s: %v", startTitle, w.Name, all[i].key, err)
				out[i] = true
			}
		}
	}
	return slices.DeleteFunc(starts, func(s start) bool { return len(s.seconds) == 0 }), nil
}

func (s *start) measure(ctx context.Context, e entrant, w protocol.Work, file string) error {
	begun := time.Now()
	p, err := e.launch(ctx, runtime.NumCPU())
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.prepare(w, file); err != nil {
		return err
	}
	if _, _, err := p.turn(0, 1); err != nil {
		return err
	}
	s.key, s.name = e.key, p.Name
	s.seconds = append(s.seconds, time.Since(begun).Seconds())
	if bytes, err := peakMemory(p.command.Process); err == nil {
		s.bytes = append(s.bytes, float64(bytes))
	}
	return nil
}

// write writes a table: medians, and what they are in proportion to the first one's.
func (b beginning) write(w io.Writer) {
	first := b.starts[0]
	fmt.Fprintf(w, "\n| %s | ms | x %s's | peak memory, MiB | x %[2]s's |\n|---|--:|--:|--:|--:|\n", b.work.Name, first.name)
	for _, s := range b.starts {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", s.name, number(1e3*median(s.seconds)), number(median(s.seconds)/median(first.seconds)),
			number(median(s.bytes)/(1<<20)), number(median(s.bytes)/median(first.bytes)))
	}
}
