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
)

const startTitle = "From the start of the process to the first finished training step"

// start is how long a library takes until it has done something, by round, and how much memory it has had at once by then.
type start struct {
	key, name string
	seconds   []float64
	bytes     []float64 // none where the system does not tell
}

// measureStarts has processes take turns at starting, doing one training step of the first perceptron, and ending.
func measureStarts(ctx context.Context, all []entrant, rounds int) ([]start, error) {
	dir, err := os.MkdirTemp("", "heft-peers-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "start.safetensors")
	if err := writeStart(file, perceptrons[0]); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(e entrant) bool { return !e.isIn(inStart, runtime.NumCPU()) || e.err != nil })
	starts := make([]start, len(all))
	for round := range rounds {
		for turn := range all {
			if err := rest(ctx); err != nil {
				return nil, err
			}
			i := (turn + round) % len(all)
			if err := starts[i].measure(ctx, all[i], file); err != nil {
				log.Printf("%s: %s: %v", startTitle, all[i].key, err)
			}
		}
	}
	return slices.DeleteFunc(starts, func(s start) bool { return len(s.seconds) == 0 }), nil
}

func (s *start) measure(ctx context.Context, e entrant, file string) error {
	begun := time.Now()
	p, err := e.launch(ctx, runtime.NumCPU())
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.prepare(perceptrons[0], file); err != nil {
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

// writeStarts writes a table: medians, and what they are in proportion to the first one's.
func writeStarts(w io.Writer, starts []start) {
	first := starts[0]
	fmt.Fprintf(w, "\n| %s | ms | x %s's | peak memory, MiB | x %[2]s's |\n|---|--:|--:|--:|--:|\n", perceptrons[0].Name, first.name)
	for _, s := range starts {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", s.name, number(1e3*median(s.seconds)), number(median(s.seconds)/median(first.seconds)),
			number(median(s.bytes)/(1<<20)), number(median(s.bytes)/median(first.bytes)))
	}
}
