package sweep

import (
	"context"
	"math"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/train/tune"
)

// Options say how to work on a sweep.
type Options struct {
	Shard    tune.Shard            // which of the runs; the zero Shard is all
	Jobs     int                   // runs at once
	Progress func(done, total int) // told how many of the shard's runs are done, one call at a time; may be nil
}

// Run is what came of one run.
type Run struct {
	Setup    lab.Setup
	Loss     float64 // over the training part, in the end; NaN if it exploded
	Accuracy float64 // of the test part, in the end
	Learns   int     // first looked-at step at which the loss is below [lab.BegunBelow], or -1
	Exploded int     // first looked-at step at which it is not finite, or -1
	Reason   string  // why the network cannot be started, as with a start that refuses its shape; then the loss is NaN
}

// Learned tells whether the loss is below half of that of guessing, in the end.
func (r Run) Learned(guessing float64) bool { return r.Loss < lab.LearnedShare*guessing }

// looks is how often a run is looked at.
const looks = 20

// Work does the runs of a shard that are not done, in a folder that is made for the plan. Each run that is done has its file
// there: a sweep that was stopped goes on, and its results are those of one that was not. The errors say what is wrong with the
// folder, that the data have changed since, or are ctx's.
func Work(ctx context.Context, dir string, p *Plan, o Options) error {
	train, test, err := p.open()
	if err != nil {
		return err
	}
	if err := p.adopt(dir, lab.HashesOf(train, test)); err != nil {
		return err
	}
	var waiting []int
	total := 0
	for k := range p.runs {
		if !o.Shard.Has(k + 1) {
			continue
		}
		total++
		_, done, err := p.look(dir, k)
		if err != nil {
			return err
		}
		if !done {
			waiting = append(waiting, k)
		}
	}
	done := total - len(waiting)
	progress := o.Progress
	if progress == nil {
		progress = func(int, int) {}
	}
	progress(done, total)
	return lab.Each(ctx, len(waiting), o.Jobs, func(i int) error {
		k := waiting[i]
		r, err := run(ctx, p.runs[k], train, test)
		if err != nil {
			return err
		}
		return r.write(dir, k)
	}, func(now int) { progress(done+now, total) })
}

// run trains one network. One that cannot be started, of data that another can, is no error. The error is ctx's.
func run(ctx context.Context, s lab.Setup, train, test *data.Set) (Run, error) {
	e, err := lab.NewOn(s, train, test)
	if err != nil {
		return Run{Setup: s, Loss: math.NaN(), Learns: -1, Exploded: -1, Reason: err.Error()}, nil
	}
	r := Run{Setup: s, Learns: -1, Exploded: -1}
	every := max(1, s.Steps/looks)
	var begun float64
	for step := 0; ; step++ {
		if err := ctx.Err(); err != nil {
			return Run{}, err
		}
		if step%every == 0 || step == s.Steps {
			r.Loss = e.Loss()
			if step == 0 {
				begun = lab.BegunBelow(e.Guessing(), r.Loss)
			}
			switch {
			case math.IsNaN(r.Loss) || math.IsInf(r.Loss, 0):
				r.Loss, r.Exploded = math.NaN(), step
				return r, nil // nothing comes back from there
			case r.Learns < 0 && r.Loss < begun:
				r.Learns = step
			}
		}
		if step == s.Steps {
			r.Accuracy = e.Accuracy()
			return r, nil
		}
		e.Step()
	}
}
