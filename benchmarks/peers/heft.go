package main

import (
	"time"

	"github.com/heft-ml/heft/benchmarks"
)

type heftPeer struct{}

func (heftPeer) name() string { return "Heft" }

// turn makes the network anew: the same sizes give the numbers that are in the file.
func (heftPeer) turn(t task, _ string) (seconds, loss float64, err error) {
	m := benchmarks.NewMLP(t.batch, t.widths...)
	for range t.warmup {
		m.Step()
	}
	begun := time.Now()
	for range t.steps {
		loss = float64(m.Step())
	}
	return time.Since(begun).Seconds(), loss, nil
}
