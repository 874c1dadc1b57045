package tune

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/train"
)

// Options are what does not decide the results of a search.
type Options struct {
	Shard    Shard             // the trials that this process works on; all by default
	Jobs     int               // trials at once; 0 is 1
	Progress Progress          // nil shows nothing
	Data     []data.LoadOption // where data is on this machine
}

// InterruptedError says how far a cancelled search is. Unwrap gives the context's error.
type InterruptedError struct {
	Dir         string
	Shard       Shard
	Done, Total int // trials of the whole search
	Err         error
}

// Error says how to go on.
func (e *InterruptedError) Error() string {
	text := fmt.Sprintf("interrupted with %d of %d trials done; go on with: heft tune --resume %s", e.Done, e.Total, e.Dir)
	if e.Shard.Count > 0 {
		text += " --shard " + e.Shard.String()
	}
	return text
}

// Unwrap returns the context's error.
func (e *InterruptedError) Unwrap() error { return e.Err }

// search is a search under way in this process.
type search struct {
	dir      string
	plan     *Plan
	options  Options
	progress Progress

	mutex    sync.Mutex
	outcomes []Outcome // of all trials, as far as this process knows
	busy     int
	reported time.Time // when results.csv was last written
}

// Run works on a search in a folder, and returns what is known in the end. A new folder is made and gets the plan; one
// that holds another search is refused, with what differs. Trials that are done are passed over, those that were stopped go
// on, those that other processes train are left to them.
//
// A cancelled context ends the search with an [*InterruptedError]: the running trials leave checkpoints. A trial that
// breaks is recorded and does not stop the others; what goes wrong with files does.
func Run(ctx context.Context, dir string, p *Plan, o Options) (*Results, error) {
	s, err := begin(dir, p, o)
	if err != nil {
		return nil, err
	}
	broke := s.work(ctx)
	results, err := s.report()
	switch {
	case broke != nil && ctx.Err() == nil:
		return nil, broke
	case err != nil:
		return nil, err
	case broke != nil:
		done, _ := results.Count()
		return nil, &InterruptedError{dir, o.Shard, done, len(results.Trials), ctx.Err()}
	}
	return results, nil
}

// begin takes the folder, its plan, and what is done already.
func begin(dir string, p *Plan, o Options) (*search, error) {
	if _, err := os.Lstat(filepath.Join(dir, PlanFile)); err != nil { // new: a data set that cannot be read leaves nothing behind
		if err := readable(p.trials[0].Config.Spec, o.Data); err != nil {
			return nil, err
		}
	}
	o.Data = append(o.Data[:len(o.Data):len(o.Data)], data.Near(filepath.Join(dir, ".."), filepath.Join(dir, "..", "..")))
	s := &search{dir: dir, options: o, progress: o.Progress, reported: time.Now()}
	if s.progress == nil {
		s.progress = silent{}
	}
	err := locked(dir, func() (err error) {
		s.plan, err = p.adopt(dir)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, t := range s.plan.trials {
		s.outcomes = append(s.outcomes, Outcome{Trial: t, State: Waiting})
	}
	return s, s.lookAgain()
}

// readable returns an error when a data set cannot be read.
func readable(s data.Spec, opts []data.LoadOption) (err error) {
	if data.IsText(s.Name) {
		_, err = data.LoadText(s, opts...)
	} else {
		_, err = data.Load(s, opts...)
	}
	return err
}

// lookAgain brings the outcomes of all trials up to date. What is done stays so. The error says what is wrong with a trial's
// folder, or that trials cannot be ranked together.
func (s *search) lookAgain() error {
	for i, o := range s.outcomes {
		if o.Done() {
			continue
		}
		var err error
		if s.outcomes[i], err = look(s.dir, o.Trial); err != nil {
			return err
		}
	}
	return mustShareData(s.outcomes)
}

// mustShareData returns an error when two finished trials of one data set were trained on other samples: their scores say
// nothing of their settings.
func mustShareData(outcomes []Outcome) error {
	firsts := map[string]Outcome{}
	for _, o := range outcomes {
		if o.State != Finished {
			continue
		}
		spec := fmt.Sprintf("%#v", o.Config.Spec) // which may be varied too
		first, ok := firsts[spec]
		if !ok {
			firsts[spec] = o
		} else if o.data != first.data {
			return fmt.Errorf("%s and %s were trained on different data: %.100q changed between them: remove the folder of one, and train it again on the data of the other",
				first.Name, o.Name, o.Config.Spec.Name)
		}
	}
	return nil
}

// work trains the trials of this process that are not done, in their order, so many at once as was asked for. The first
// error stops all.
func (s *search) work(ctx context.Context) error {
	var waiting []Trial
	total := 0
	for _, o := range s.outcomes {
		if s.options.Shard.Has(o.Number) {
			total++
			if !o.Done() {
				waiting = append(waiting, o.Trial)
			}
		}
	}
	s.progress.Start(s.plan, total, total-len(waiting))
	defer s.progress.Stop()

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan Trial)
	var workers sync.WaitGroup
	for range min(max(s.options.Jobs, 1), len(waiting)) {
		workers.Go(func() {
			for t := range queue {
				if err := s.trial(ctx, t); err != nil {
					stop(err) // only the first counts
				}
			}
		})
	}
	for _, t := range waiting {
		if ctx.Err() != nil {
			break
		}
		select {
		case queue <- t:
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// trial trains one trial, unless it is done by now or another process trains it.
func (s *search) trial(ctx context.Context, t Trial) error {
	o, err := look(s.dir, t)
	if err == nil && !o.Done() {
		if err := run(ctx, s.dir, t, train.Options{Data: s.options.Data}); err != nil {
			var busy *train.BusyError
			if errors.As(err, &busy) {
				s.mutex.Lock()
				defer s.mutex.Unlock()
				s.busy++
				return nil
			}
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		o, err = look(s.dir, t)
	}
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.outcomes[t.Number-1] = o
	s.progress.Trial(o)
	if time.Since(s.reported) < reportEvery {
		return nil
	}
	_, err = s.reportLocked()
	return err
}

// reportEvery bounds how old results.csv is. It is only a view of the trials' folders: a kill loses nothing of them.
const reportEvery = 2 * time.Second

// report writes results.csv and returns what stands there.
func (s *search) report() (*Results, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.reportLocked()
}

// reportLocked is report for a caller that holds the mutex. Looking and writing are one step, so that of many processes the
// last one writes what all have done.
func (s *search) reportLocked() (r *Results, err error) {
	err = locked(s.dir, func() error {
		if err := s.lookAgain(); err != nil {
			return err
		}
		r = newResults(s.plan, s.outcomes)
		r.Busy = s.busy
		return atomicfile.Write(filepath.Join(s.dir, ResultsFile), r.writeCSV)
	})
	s.reported = time.Now()
	return r, err
}
