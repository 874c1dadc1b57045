package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// contestant trains a task from the numbers in a file, and says how long its timed steps took.
type contestant interface {
	name() string
	// turn returns the seconds that t.steps steps took after t.warmup others, and the loss before the last step; NaN if
	// it computes none.
	turn(t task, file string) (seconds, loss float64, err error)
}

// result is one contestant's rounds.
type result struct {
	name    string
	seconds []float64 // a step, by round
	ratios  []float64 // of the first contestant's, by round
}

// largestDifference is how far the last losses may be apart, relative to the first contestant's: sums are rounded in
// different orders, and training carries that on.
const largestDifference = 0.01

// compete lets the contestants take turns. Each round begins with another one. An error says that contestants came to
// different losses, so that they cannot have computed the same.
func compete(ctx context.Context, contestants []contestant, t task, rounds int, pause time.Duration) ([]result, error) {
	dir, err := os.MkdirTemp("", "heft-peers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "start.safetensors")
	if err := writeStart(file, t); err != nil {
		return nil, err
	}
	results := make([]result, len(contestants))
	for i, c := range contestants {
		results[i].name = c.name()
	}
	for round := range rounds {
		losses := make([]float64, len(contestants))
		for turn := range contestants {
			if err := rest(ctx, pause); err != nil {
				return nil, err
			}
			i := (turn + round) % len(contestants)
			seconds, loss, err := contestants[i].turn(t, file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", contestants[i].name(), err)
			}
			losses[i] = loss
			results[i].seconds = append(results[i].seconds, seconds/float64(t.steps))
		}
		for i, loss := range losses {
			if math.Abs(loss-losses[0]) > largestDifference*math.Abs(losses[0]) { // false for NaN
				return nil, fmt.Errorf("%s came to a loss of %v and %s to %v: they do not compute the same", results[i].name, loss, results[0].name, losses[0])
			}
			results[i].ratios = append(results[i].ratios, results[i].seconds[round]/results[0].seconds[round])
		}
	}
	return results, nil
}

// writeStart saves the network's parameters and its batch: x and y, whose labels are whole numbers in float32.
func writeStart(path string, t task) error {
	m := benchmarks.NewMLP(t.batch, t.widths...)
	labels := make([]float32, len(m.Y.Data))
	for i, y := range m.Y.Data {
		labels[i] = float32(y)
	}
	tensors := m.Store.Tensors()
	for _, extra := range []struct {
		name   string
		shape  []int
		values []float32
	}{{"x", m.X.Shape(), m.X.Data()}, {"y", m.Y.Shape, labels}} {
		tensor, err := dtype.FromFloat32s(extra.name, extra.shape, extra.values, dtype.F32)
		if err != nil {
			return err
		}
		tensors = append(tensors, tensor)
	}
	return safetensors.Save(path, tensors, dtype.F32)
}

// rest waits, unless the user has had enough.
func rest(ctx context.Context, pause time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}

// writeTable prints the medians, and the quartiles of the ratios.
func writeTable(w io.Writer, results []result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tms a step\ttime / Heft's\tquartiles\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f to %.3f\t\n", r.name, 1e3*quantile(r.seconds, 0.5),
			quantile(r.ratios, 0.5), quantile(r.ratios, 0.25), quantile(r.ratios, 0.75))
	}
	return t.Flush()
}

// quantile interpolates between the two nearest values.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
