package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

// contestant does work when it is told to.
type contestant interface {
	key() string  // as flags have it
	name() string // as tables have it
	prepare(w protocol.Work, file string) error
	turn(warmup, steps int) (seconds float64, value *float64, err error)
}

// watched is a contestant whose memory can be seen from outside.
type watched interface {
	memoryOfAStep() (bytes float64, err error)
}

// outcome is how the contestants did at one work load. The first is the one that the others are compared with.
type outcome struct {
	work    protocol.Work
	results []result
}

// result is one contestant's.
type result struct {
	key, name string
	left      string    // why it is left out; then there is nothing else
	value     *float64  // what the common steps came to
	memory    float64   // bytes of its own that it had at most during a step, of work on a file; 0 where the system does not tell
	seconds   []float64 // a step, by round; NaN where it sat out
}

// leave leaves the contestant out.
func (r *result) leave(why string) { *r = result{key: r.key, name: r.name, left: why} }

// median returns the median over the rounds of the seconds that a step took.
func (r result) median() float64 { return median(r.seconds) }

const (
	// turnTime is how long the timed part of a turn should take: short enough for all to see the same weather, long enough
	// for the clock, and for waking up not to count.
	turnTime = 30 * time.Millisecond
	// mostTraining is the most steps of a turn that trains: a network that learns its batch by heart comes to gradients so
	// small that processors are slow with them, which no training looks like.
	mostTraining = 300
	// slow is the time of a step from which a contestant sits out four rounds of five.
	slow = 150 * time.Millisecond
	// largestDifference is how far what contestants came to may be apart, relative to the first: sums are rounded in
	// different orders, and training carries that on.
	largestDifference = 0.01
)

// common is how many steps all do once, to compare what they come to: several of training, for it to have got somewhere.
func common(w protocol.Work) int {
	if w.Training() {
		return 5
	}
	return 1
}

// compete lets the contestants take turns at a work load. Each round begins with another one. A contestant that fails is left
// out, and so is one that does not compute the same as the first, of which the error tells, too.
func compete(ctx context.Context, contestants []contestant, w protocol.Work, rounds int) (outcome, error) {
	o := outcome{work: w, results: make([]result, len(contestants))}
	dir, err := os.MkdirTemp("", "heft-peers-")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "start.safetensors")
	if err := writeStart(file, w); err != nil {
		return o, err
	}
	paces, err := o.prepare(ctx, contestants, file)
	if err != nil {
		return o, err
	}
	wrong := o.compareValues()
	for round := range rounds {
		for turn := range contestants {
			i := (turn + round) % len(contestants)
			r, p := &o.results[i], paces[i]
			if r.left != "" {
				continue
			}
			if p.slow && round%5 > 0 {
				r.seconds = append(r.seconds, math.NaN())
				continue
			}
			if err := rest(ctx); err != nil {
				return o, err
			}
			if w.OnFile() {
				settle()
			}
			seconds, _, err := contestants[i].turn(p.warmup, p.steps)
			if err != nil {
				r.leave(err.Error())
				continue
			}
			r.seconds = append(r.seconds, seconds/float64(p.steps))
		}
	}
	return o, wrong
}

// pace is how many steps a contestant does in a turn, untimed and timed. One that is slow sits out four rounds of five.
type pace struct {
	warmup, steps int
	slow          bool
}

// prepare has every contestant do the same steps once, from the numbers in a file, and finds each one's pace.
func (o *outcome) prepare(ctx context.Context, contestants []contestant, file string) (paces []pace, err error) {
	paces = make([]pace, len(contestants))
	for i, c := range contestants {
		r := &o.results[i]
		r.key, r.name = c.key(), c.name()
		err := c.prepare(o.work, file)
		if err == nil {
			_, r.value, err = c.turn(0, common(o.work))
		}
		if err == nil {
			paces[i], err = measureOut(c, o.work.Training())
		}
		if w, ok := c.(watched); err == nil && ok && o.work.OnFile() {
			r.memory, err = w.memoryOfAStep()
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			r.leave(err.Error())
		}
	}
	return paces, nil
}

// measureOut finds the number of steps that fill a turn. As many before them are not timed: not only caches have to fill. The
// threads of a process that was frozen may wake on the same core, and it takes the system some milliseconds to part them.
func measureOut(c contestant, training bool) (pace, error) {
	for steps := 1; ; steps *= 4 {
		seconds, _, err := c.turn(0, steps)
		if err != nil {
			return pace{}, err
		}
		step := seconds / float64(steps)
		if step > slow.Seconds() {
			return pace{warmup: 1, steps: 1, slow: true}, nil // training begins afresh: the first step makes the optimizer's memory
		}
		fits := int(turnTime.Seconds() / step)
		if training {
			fits = min(fits, mostTraining)
		}
		if fits <= 4*steps {
			fits = max(fits, 1)
			return pace{warmup: fits, steps: fits}, nil
		}
	}
}

// compareValues leaves out the contestants that came to something else than the first which came to anything, and so
// cannot have done the same work.
func (o *outcome) compareValues() error {
	var first *result
	var wrong []error
	for i := range o.results {
		r := &o.results[i]
		switch {
		case r.value == nil:
		case first == nil:
			first = r
		case !(math.Abs(*r.value-*first.value) <= largestDifference*math.Abs(*first.value)): // true for NaN
			wrong = append(wrong, fmt.Errorf("%s: %s came to %v and %s to %v: they do not compute the same",
				o.work.Name, r.name, *r.value, first.name, *first.value))
			r.leave("does not compute the same")
		}
	}
	return errors.Join(wrong...)
}

// ratios returns, by round, the times of results[i] in proportion to the first contestant's in the same round.
func (o *outcome) ratios(i int) []float64 {
	ratios := make([]float64, min(len(o.results[i].seconds), len(o.results[0].seconds)))
	for round := range ratios {
		ratios[round] = o.results[i].seconds[round] / o.results[0].seconds[round]
	}
	return ratios
}

// rest waits for a moment, unless the user has had enough.
func rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}
