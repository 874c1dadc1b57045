package lab

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// probeSamples is how many samples a network is measured with, and evalSamples how many its loss is taken over.
const (
	probeSamples = 256
	evalSamples  = 1024
)

// Experiment is one network in training: a perceptron whose hidden layers are a linear one and an activation each, or a
// residual network: see [Setup]. Two experiments of the same seed see the same batches and differ by what their setups
// differ in alone. It is for one goroutine.
type Experiment struct {
	Setup       Setup
	Store       *nn.Store
	Model       nn.Layer
	Train, Test *data.Set
	Optimizer   optim.Optimizer

	parts  network
	pass   *nn.Pass   // to train with
	glance *nn.Pass   // to look at losses with
	probe  data.Batch // always the same samples: to measure with
	scored data.Batch // and to take losses over
	order  []int      // rows of the epoch, shuffled
	epoch  int
}

// New opens the setup's data and declares its network. The errors are those of [Setup.Check], of [Open] and of [LSUV].
func New(s Setup) (*Experiment, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	train, test, err := Open(s.Data)
	if err != nil {
		return nil, err
	}
	return NewOn(s, train, test)
}

// NewOn is New on given data, which the setup's name of data is then a label for. test may be nil. Nothing is scaled.
func NewOn(s Setup, train, test *data.Set) (*Experiment, error) { return newOn(s, train, test, true) }

func newOn(s Setup, train, test *data.Set, drawn bool) (*Experiment, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if train == nil || train.Target != nil || len(train.Classes) < 2 {
		return nil, errors.New("an experiment needs data with two classes or more")
	}
	scheme, err := s.scheme()
	if err != nil {
		return nil, err
	}
	if !drawn {
		scheme = undrawn{scheme}
	}
	e := &Experiment{Setup: s, Train: train, Test: test}
	err = autograd.Catch(func() { // a scheme may refuse a shape
		e.Store = nn.NewStore(s.Seed, scheme)
		e.parts = newNetwork(e.Store.Root(), s, train.Features(), len(train.Classes))
		e.Model = e.parts.model
	})
	if err != nil {
		return nil, fmt.Errorf("scheme %s: %w", s.Scheme, err)
	}
	e.probe, e.scored = head(train, probeSamples), head(train, evalSamples)
	if drawn && s.Scheme == LSUVScheme {
		if _, err := LSUV(e.Store, e.Model, e.probe.X); err != nil {
			return nil, err
		}
	}
	var opts []optim.Option
	if s.Momentum != 0 {
		opts = append(opts, optim.Momentum(s.Momentum))
	}
	if e.Optimizer, err = optim.New(s.Optimizer, e.Store, s.LR, opts...); err != nil {
		return nil, err
	}
	e.pass, e.glance = nn.NewPass(e.Store, nn.Training), nn.NewPass(e.Store, nn.Inference)
	return e, nil
}

// Step trains on the next batch and returns its mean loss before the step. Batches are runs over the training part, each
// in an order of its own. After an overflow it is NaN.
func (e *Experiment) Step() float64 {
	b := e.next()
	e.pass.Reset()
	loss := e.Model.Forward(e.pass, e.pass.Input(flat(b.X))).CrossEntropy(b.Y)
	value := float64(loss.Item())
	e.Optimizer.Step(e.pass.Backward(loss))
	return value
}

// next returns the batch of the coming step.
func (e *Experiment) next() data.Batch {
	if len(e.order) == 0 {
		e.order = e.Store.Rand("batches", e.epoch).Perm(e.Train.Len())
		e.epoch++
	}
	n := min(e.Setup.Batch, len(e.order))
	part := e.Train.Subset("batch", e.order[:n])
	e.order = e.order[n:]
	return data.Batch{X: part.X, Y: part.Y}
}

// Measure looks at the network with its probe batch, the first 256 samples of the training part.
func (e *Experiment) Measure() Propagation { return Measure(e.Store, e.Model, e.probe.X, e.probe.Y) }

// Probe returns the batch that Measure uses.  X: [n, in], Y: [n]
func (e *Experiment) Probe() data.Batch { return e.probe }

// Loss returns the mean cross-entropy over the training part, or over its first 1024 samples, in nats.
func (e *Experiment) Loss() float64 { return e.point().Loss }

// Accuracy returns the share of the test part that is put in its class; without a test part, of the training part. A
// network whose outputs are not finite knows nothing: 0.
func (e *Experiment) Accuracy() float64 {
	set := e.Test
	if set == nil {
		set = e.Train
	}
	if loss := e.Loss(); math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0
	}
	return nn.Accuracy(e.Store, e.Model, flat(set.X), set.Y)
}

// Guessing returns the loss of a network that knows nothing and gives each class the same probability: ln(classes).
func (e *Experiment) Guessing() float64 { return guessing(e.Train) }

func guessing(set *data.Set) float64 { return math.Log(float64(len(set.Classes))) }

// Snapshot is a network while it trains.
type Snapshot struct {
	Propagation Propagation
	Updates     []Update // of the step that follows; none at the end
}

// Trace is a training that was watched.
type Trace struct {
	Losses    []float64 // of each step's batch, before the step
	Snapshots []Snapshot
}

// Run does the setup's steps and looks at the network before every k-th and after the last; with k = 0 after the last
// alone. When ctx ends, the error is ctx's and the trace ends there.
func (e *Experiment) Run(ctx context.Context, every int) (Trace, error) {
	var t Trace
	for step := range e.Setup.Steps {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		if every <= 0 || step%every != 0 {
			t.Losses = append(t.Losses, e.Step())
			continue
		}
		s := Snapshot{Propagation: e.Measure()}
		s.Updates = Updates(e.Store, func() { t.Losses = append(t.Losses, e.Step()) })
		t.Snapshots = append(t.Snapshots, s)
	}
	t.Snapshots = append(t.Snapshots, Snapshot{Propagation: e.Measure()})
	return t, nil
}
