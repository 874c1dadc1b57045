package train

import (
	"context"
	"io"
	"time"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// checkpointEvery bounds what a kill within a long epoch costs. It decides no number.
const checkpointEvery = 30 * time.Second

// loop is a training under way.
type loop struct {
	config    Config
	task      task
	recipe    Recipe // as far as it is known before the end
	store     *nn.Store
	optimizer optim.Optimizer
	plateau   *optim.Plateau // of the schedule; nil: it watches nothing
	ema       *optim.EMA     // nil: the weights themselves are scored and saved
	pass      *nn.Pass
	progress  Progress
	grads     nn.Grads       // of the last step; they live until the next one
	folder    *folder        // nil: nothing is written
	board     *board         // nil: no events are written
	at        position       // where the run stands
	best      []dtype.Tensor // values at the best epoch, with patience
	begun     time.Time      // when this process began, less what earlier ones took
	saved     time.Time      // the last checkpoint
}

// newLoop declares the model for a task, and its optimizer. The configuration must be one that Check accepts.
func newLoop(c Config, t task, progress Progress) (*loop, error) {
	l := &loop{config: c, task: t, recipe: newRecipe(c, t.hashes()), progress: progress}
	if l.progress == nil {
		l.progress = silent{}
	}
	var err error
	if l.store, err = t.build(c); err != nil {
		return nil, err
	}
	last := c.Rounds() - 1 // which may be shorter
	schedule, err := optim.ParseSchedule(c.Schedule, last*t.steps(0)+t.steps(last))
	if err != nil {
		return nil, err
	}
	l.plateau = optim.PlateauOf(schedule)
	if l.optimizer, err = c.newOptimizer(l.store, schedule); err != nil {
		return nil, err
	}
	if c.EMA > 0 {
		l.ema = optim.NewEMA(l.store, c.EMA)
	}
	l.pass = nn.NewPass(l.store, nn.Training)
	return l, nil
}

// run trains from where the run stands to its end.
func (l *loop) run(ctx context.Context) (err error) {
	l.begun = time.Now().Add(-l.at.Elapsed)
	l.saved = time.Now()
	samples := l.task.size()
	l.progress.Start(Work{
		Text: data.IsText(l.config.Spec.Name), Rounds: l.config.Rounds(), Steps: l.task.steps, Samples: samples,
		Round: l.at.Epoch, Step: l.at.Batch, Done: l.at.Epoch*samples + l.at.Tally.Samples,
	})
	defer l.progress.Stop()
	for l.at.Epoch < l.config.Rounds() && !l.at.impatient(l.config.Patience) {
		if err := l.epoch(ctx); err != nil {
			return err
		}
		if err := l.save(); err != nil {
			return err
		}
	}
	return nil
}

// epoch goes on with the epoch that the run stands in, to its end.
func (l *loop) epoch(ctx context.Context) error {
	i, steps := 0, l.task.steps(l.at.Epoch)
	for b := range l.task.batches(l.at.Epoch) {
		if l.at.Batch >= steps {
			break
		}
		if i++; i <= l.at.Batch { // done before the run was stopped
			continue
		}
		if err := ctx.Err(); err != nil {
			return l.interrupted(err)
		}
		if err := l.step(l.task.change(b)); err != nil {
			return err
		}
		if l.folder != nil && time.Since(l.saved) > checkpointEvery {
			if err := l.save(); err != nil {
				return err
			}
		}
	}
	row := Epoch{
		Epoch: l.at.Epoch + 1, Step: l.store.Step(), LR: l.at.LR, GradNorm: l.at.Norms / float64(steps),
		Train: l.at.Tally.score(l.task.regression(), l.task.unit()),
	}
	l.average()
	row.Validation = l.task.validate()
	if v := row.Validation.Loss; v-v != 0 {
		return broken("the validation loss is %v after %s %d: %s", v, l.config.round(), row.Epoch, advice)
	}
	if l.progress != (silent{}) {
		row.Sample = l.task.sample()
	}
	l.at.Elapsed = time.Since(l.begun)
	row.Elapsed = l.at.Elapsed
	if l.at.note(row) && l.config.Patience > 0 {
		l.best = l.store.Tensors()
	}
	l.average()
	if l.plateau != nil {
		l.plateau.Observe(row.Validation.Loss)
	}
	if l.board != nil {
		if err := l.board.epoch(l, row); err != nil {
			return err
		}
	}
	l.progress.Epoch(row)
	return nil
}

// average puts the average of the weights in the store, to be scored and saved; called again, it takes it out. Without
// an average it does nothing.
func (l *loop) average() {
	if l.ema != nil {
		l.ema.Swap()
	}
}

// step trains on one batch.
func (l *loop) step(b data.Batch) error {
	l.pass.Reset()
	out := l.task.forward(l.pass, b)
	loss := lossOf(out, b, l.config.LabelSmoothing)
	if v := loss.Item(); v-v != 0 {
		return l.whyBad(b, l.store.Step()+1)
	}
	grads := l.pass.Backward(loss)
	norm := grads.Norm()
	if norm-norm != 0 {
		return l.whyBad(b, l.store.Step()+1)
	}
	if l.config.ClipNorm > 0 {
		grads.ClipNorm(l.config.ClipNorm)
	}
	l.at.LR = l.optimizer.LR()
	l.optimizer.Step(grads)
	if l.ema != nil {
		l.ema.Update()
	}
	l.grads = grads
	l.at.Norms += norm
	l.at.Tally.add(out, loss, b)
	l.at.Batch++
	l.progress.Batch(answers(b), l.at.Tally.Loss/float64(l.at.Tally.Samples))
	return nil
}

// save brings the metrics and the checkpoint up to date.
func (l *loop) save() error {
	if l.folder == nil {
		return nil
	}
	l.at.Elapsed = time.Since(l.begun)
	err := l.folder.write(MetricsFile, func(w io.Writer) error { return writeMetrics(w, l.at.Rows, l.task.regression()) })
	if err != nil {
		return err
	}
	if err := l.saveCheckpoint(); err != nil {
		return err
	}
	if err := l.folder.replace(); err != nil {
		return err
	}
	l.saved = time.Now()
	return nil
}

// interrupted saves where the run stands and says so.
func (l *loop) interrupted(cause error) error {
	e := &InterruptedError{Epochs: l.at.Epoch, Round: l.config.round(), Err: cause}
	if l.folder != nil {
		e.Dir = l.folder.path
		if err := l.save(); err != nil {
			return err
		}
	}
	return e
}
