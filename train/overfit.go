package train

import (
	"context"
	"fmt"
	"strings"

	"github.com/heft-ml/heft/data"
)

// Overfitting is whether a model can learn one batch by heart: the first thing to try when nothing learns.
type Overfitting struct {
	Steps   int      // taken
	Samples int      // of the batch
	First   Score    // before training
	Last    Score    // after it
	Learned bool     // whether it can
	Still   []string // parameters whose gradient was exactly zero at the first step: they cannot learn
}

// When a batch counts as learned, and when to give up.
const (
	overfitSteps    = 1000
	overfitLoss     = 0.05 // cross entropy, with every sample right
	overfitR2       = 0.99
	overfitPatience = 20 // steps between looks
)

// Overfit trains on the first batch again and again, without dropout, smoothing and decay and at a constant learning
// rate, until the model knows it by heart, or for 1,000 steps. A model that cannot has something wrong with its
// initialization, its learning rate or its size. An average of the weights has no part in it, and c.EMA must be 0.
func Overfit(ctx context.Context, c Config, o Options) (*Overfitting, error) {
	if err := c.withoutAverage("learning a batch by heart"); err != nil {
		return nil, err
	}
	c.Dropout, c.LabelSmoothing, c.WeightDecay, c.Schedule = 0, 0, 0, "constant"
	l, err := loadLoop(c, o)
	if err != nil {
		return nil, err
	}
	t, ok := l.task.(*samplesTask)
	if !ok {
		return nil, fmt.Errorf("a batch of a text cannot be learned by heart, as windows that begin alike go on in different ways: look at the loss of the first steps instead")
	}
	batch := t.first()
	r := &Overfitting{Samples: batch.Len(), First: Evaluate(l.store, t.model, batch, t.unit())}
	for !r.Learned && r.Steps < overfitSteps {
		for range overfitPatience {
			if err := ctx.Err(); err != nil {
				return nil, &InterruptedError{Err: err}
			}
			for b := range batch.Batches(batch.Len(), nil) {
				if err := l.overfitStep(b, r); err != nil {
					return nil, err
				}
			}
		}
		r.Last = Evaluate(l.store, t.model, batch, t.unit())
		r.Learned = r.Last.Accuracy == 1 && r.Last.Loss < overfitLoss
		if t.regression() {
			r.Learned = r.Last.R2 > overfitR2
		}
	}
	return r, nil
}

func (l *loop) overfitStep(b data.Batch, r *Overfitting) error {
	l.pass.Reset()
	loss := lossOf(l.task.forward(l.pass, b), b, 0)
	grads := l.pass.Backward(loss)
	if norm := grads.Norm(); norm-norm != 0 {
		return l.whyBad(b, r.Steps+1)
	}
	if r.Steps == 0 {
		for _, p := range l.store.Params() {
			if p.Trainable() && allZero(grads.Of(p)) {
				r.Still = append(r.Still, p.Name)
			}
		}
	}
	l.optimizer.Step(grads)
	r.Steps++
	return nil
}

// first returns the first batch of a run as a set.
func (t *samplesTask) first() *data.Set {
	first := *t.parts.Train
	for b := range t.batches(0) {
		first.X, first.Y, first.Target = b.X, b.Y, b.Target
		break
	}
	return &first
}

func allZero(values []float32) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

// String says how it went and, if it went wrong, what to look at.
func (r *Overfitting) String() string {
	text := fmt.Sprintf("one batch of %d samples: %v at first, %v after %d steps", r.Samples, r.First, r.Last, r.Steps)
	if r.Learned {
		return text + ": the model can learn it by heart"
	}
	text += ": the model cannot learn it by heart"
	if len(r.Still) > 0 {
		text += fmt.Sprintf("; no gradient reached %s: try another --init or --activation", strings.Join(r.Still, ", "))
	} else {
		text += ": try a larger model, another --lr, or another --init"
	}
	return text
}
