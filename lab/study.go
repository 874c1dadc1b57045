package lab

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/heft-ml/heft/data"
)

// DefaultSeeds is how many seeds a study has unless it is told.
const DefaultSeeds = 5

// Sizes of what a run keeps.
const (
	curvePoints = 50 // looks at a run from its start to its end
	mapSide     = 64
)

// Study sets cases side by side: the same network, data, batches and training for each, over several seeds.
type Study struct {
	Setup Setup // of every run, but for its scheme, and for its seed, which counts from the setup's
	Cases []Case
	Seeds int
}

// DefaultStudy returns the classic cases in the default setup.
func DefaultStudy() Study {
	s := Default()
	return Study{Setup: s, Cases: s.Classic(), Seeds: DefaultSeeds}
}

// maxSeeds and maxCases bound what a report can show.
const (
	maxSeeds = 1000
	maxCases = 12
)

// Check returns an error that names the first field that cannot be used.
func (s Study) Check() error {
	if s.Seeds < 1 || s.Seeds > maxSeeds {
		return fmt.Errorf("seeds is %d, but must be from 1 to %d", s.Seeds, maxSeeds)
	}
	if err := s.Setup.CheckSeeds(s.Seeds); err != nil {
		return err
	}
	if len(s.Cases) < 1 || len(s.Cases) > maxCases {
		return fmt.Errorf("schemes are %d, but must be from 1 to %d", len(s.Cases), maxCases)
	}
	for _, c := range s.Cases {
		if err := s.setup(c, 0).Check(); err != nil {
			return err
		}
	}
	return nil
}

// setup returns that of a case and of a seed, which counts from 0.
func (s Study) setup(c Case, seed int) Setup {
	one := s.Setup
	one.Scheme = c.Scheme
	one.Seed += uint64(seed)
	return one
}

// Command returns the command that makes the study again.
func (s Study) Command() string {
	if slices.Equal(s.Cases, s.Setup.Classic()) {
		return s.Setup.command(nil, s.Seeds)
	}
	var schemes []string
	for _, c := range s.Cases {
		schemes = append(schemes, c.Scheme)
	}
	return s.Setup.command(schemes, s.Seeds)
}

// Findings is what a study found.
type Findings struct {
	Study
	Train    *data.Set
	Guessing float64 // the loss of a network that knows nothing: ln(classes)
	Runs     [][]Run // by case and by seed
}

// Run is one network of a study.
type Run struct {
	Setup          Setup
	Hidden         []Layer // at the start, the first hidden layer first
	End            []Layer // the hidden layers in the end; none of a run that exploded
	Params         []Param // at the start
	FirstUpdates   []Update
	Curve          []Point
	Accuracy       float64   // of the test part, in the end
	Map            *Map      // in the end, of data in the plane
	WeightValues   []float64 // singular values of a hidden weight at the start; nil with infinities, or if it is not Decomposable
	WeightLayer    int       // which one: the middle hidden layer, which counts from 1
	WeightShape    [2]int    // its rows and columns
	WeightStd      float64   // the standard deviation of its values
	JacobianValues []float64 // of the last hidden layer with respect to the first, at one sample at the start; of the first seed alone, and nil as above
}

// Point is a run after some steps.
type Point struct {
	Step  int
	Loss  float64   // see Experiment.Loss
	Units []float64 // of the first hidden layer: each unit's mean over the same samples
}

// Final returns the loss in the end.
func (r Run) Final() float64 { return r.Curve[len(r.Curve)-1].Loss }

// Exploded returns the first looked-at step at which the loss was not finite, or -1.
func (r Run) Exploded() int {
	return r.first(func(loss float64) bool { return loss-loss != 0 })
}

// Below returns the first looked-at step at which the loss was below a limit, or -1.
func (r Run) Below(limit float64) int {
	return r.first(func(loss float64) bool { return loss < limit })
}

func (r Run) first(holds func(loss float64) bool) int {
	for _, p := range r.Curve {
		if holds(p.Loss) {
			return p.Step
		}
	}
	return -1
}

// Run trains every case with every seed, jobs of them at once, and tells progress how many of all steps are done, one
// call at a time. Findings do not depend on jobs. The errors are those of [New], and ctx's when it ends.
func (s Study) Run(ctx context.Context, jobs int, progress func(done, total int)) (*Findings, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	train, test, err := Open(s.Setup.Data)
	if err != nil {
		return nil, err
	}
	f := &Findings{Study: s, Train: train, Guessing: guessing(train), Runs: make([][]Run, len(s.Cases))}
	for i := range f.Runs {
		f.Runs[i] = make([]Run, s.Seeds)
	}
	c := counter{total: len(s.Cases) * s.Seeds * s.Setup.Steps, progress: progress}
	err = Each(ctx, len(s.Cases)*s.Seeds, jobs, func(k int) (err error) {
		i, seed := k%len(s.Cases), k/len(s.Cases)
		f.Runs[i][seed], err = observe(ctx, s.setup(s.Cases[i], seed), train, test, seed == 0, &c)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// counter tells how many steps are done.
type counter struct {
	mu          sync.Mutex
	done, total int
	progress    func(done, total int)
}

func (c *counter) add(n int) {
	if c.progress == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done += n
	c.progress(c.done, c.total)
}
