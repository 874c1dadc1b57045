package train

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Options are what does not decide a run's numbers.
type Options struct {
	Out      string   // the folder for the run's files; "" writes none
	Progress Progress // nil shows nothing
}

// Result is a finished run.
type Result struct {
	Config  Config
	Store   *nn.Store
	Model   nn.Layer
	Epochs  []Epoch
	Test    Score
	Recipe  Recipe
	Elapsed time.Duration
}

// Epoch is one row of metrics.csv.
type Epoch struct {
	Epoch      int           // from 1
	Step       int           // optimizer steps done
	Train      Score         // of the batches, as they were trained on
	Validation Score         // after the epoch; no samples when nothing is held out
	LR         float64       // of the last step
	GradNorm   float64       // mean over the epoch's steps, before clipping
	Elapsed    time.Duration // since training began
}

// Run trains as the configuration says and, if a folder is given, leaves the run's files there. The error names what
// cannot be used, or where training went wrong; a cancelled context ends it with the context's error. Files are
// written only after training succeeded.
func Run(ctx context.Context, c Config, o Options) (*Result, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	all, test, err := data.Open(c.Data, c.DataSeed)
	if err != nil {
		return nil, err
	}
	if o.Out != "" {
		abandon, err := openFolder(o.Out)
		if err != nil {
			return nil, err
		}
		defer abandon()
	}
	r, err := Fit(ctx, c, all, test, o.Progress)
	if err != nil || o.Out == "" {
		return r, err
	}
	return r, r.save(o.Out)
}

// Fit is Run on sets for classification that are given, in place of the one that the configuration names, and writes no
// files. It trains on the first set, save for the share that the configuration holds out, and tests on the second.
func Fit(ctx context.Context, c Config, all, test *data.Set, progress Progress) (*Result, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	l, err := newLoop(c, all)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = silent{}
	}
	if err := l.run(ctx, progress); err != nil {
		return nil, err
	}
	r := &Result{
		Config: c, Store: l.store, Model: l.model, Epochs: l.epochs, Elapsed: time.Since(l.start),
		Test: Evaluate(l.store, l.model, test),
	}
	r.Recipe = newRecipe(c, all, test, l.store, r.Test)
	return r, nil
}

// loop is a training under way.
type loop struct {
	config     Config
	train      *data.Set
	validation *data.Set // nil when nothing is held out
	store      *nn.Store
	model      nn.Layer
	optimizer  optim.Optimizer
	pass       *nn.Pass
	epochs     []Epoch
	start      time.Time
}

func newLoop(c Config, all *data.Set) (*loop, error) {
	l := &loop{config: c, train: all}
	if c.Validation > 0 {
		l.train, l.validation = all.Split(1-c.Validation, c.DataSeed)
	}
	scheme, err := initializer.Parse(c.Init)
	if err != nil {
		return nil, err
	}
	l.store = nn.NewStore(c.Seed, scheme)
	if err := autograd.Catch(func() { l.model, err = c.build(l.store, all.Features(), len(all.Classes)) }); err != nil {
		return nil, fmt.Errorf("init %s does not suit this model: %w", c.Init, err)
	}
	if err != nil {
		return nil, err
	}
	schedule, err := optim.ParseSchedule(c.Schedule, l.totalSteps())
	if err != nil {
		return nil, err
	}
	opts := []optim.Option{optim.WeightDecay(c.WeightDecay), optim.Scheduled(schedule)}
	if c.Momentum != 0 {
		opts = append(opts, optim.Momentum(c.Momentum))
	}
	if l.optimizer, err = optim.New(c.Optimizer, l.store, c.LR, opts...); err != nil {
		return nil, err
	}
	l.pass = nn.NewPass(l.store, nn.Training)
	return l, nil
}

func (l *loop) totalSteps() int {
	return (l.train.Len() + l.config.Batch - 1) / l.config.Batch * l.config.Epochs
}

func (l *loop) run(ctx context.Context, progress Progress) error {
	l.start = time.Now()
	progress.Start(l.config.Epochs, l.train.Len())
	for e := range l.config.Epochs {
		row, err := l.epoch(ctx, e, progress)
		if err != nil {
			progress.Stop()
			return err
		}
		l.epochs = append(l.epochs, row)
		progress.Epoch(row)
	}
	progress.Stop()
	return nil
}

// epoch trains on every sample once.
func (l *loop) epoch(ctx context.Context, e int, progress Progress) (Epoch, error) {
	var sum tally
	var norms float64
	row := Epoch{Epoch: e + 1}
	steps := 0
	for b := range l.train.Batches(l.config.Batch, l.store.Rand("batches", e)) {
		if err := ctx.Err(); err != nil {
			return row, err
		}
		l.pass.Reset()
		out := l.model.Forward(l.pass, l.pass.Input(b.X))
		loss := out.CrossEntropy(b.Y, autograd.LabelSmoothing(l.config.LabelSmoothing))
		if v := float64(loss.Item()); math.IsNaN(v) || math.IsInf(v, 0) {
			return row, fmt.Errorf("the loss is %v at step %d (epoch %d): try a lower --lr, or another --init", v, l.store.Step()+1, e+1)
		}
		grads := l.pass.Backward(loss)
		norm := grads.Norm()
		if l.config.ClipNorm > 0 {
			grads.ClipNorm(l.config.ClipNorm)
		}
		row.LR = l.optimizer.LR()
		l.optimizer.Step(grads)
		norms += norm
		steps++
		sum.add(out, loss, b.Y)
		progress.Batch(len(b.Y.Data), sum.score().Loss)
	}
	row.Step, row.Train, row.GradNorm = l.store.Step(), sum.score(), norms/float64(steps)
	if l.validation != nil {
		row.Validation = Evaluate(l.store, l.model, l.validation)
	}
	row.Elapsed = time.Since(l.start)
	return row, nil
}
