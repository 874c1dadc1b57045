package train

import (
	"iter"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// samplesTask learns to answer for samples.
type samplesTask struct {
	config    Config
	parts     *data.Parts
	store     *nn.Store
	model     nn.Layer
	augmenter *data.Augmenter // nil: batches stay as they are
}

func (t *samplesTask) hashes() DataHashes {
	h := DataHashes{Train: t.parts.Train.Hash(), Test: t.parts.Test.Hash()}
	if t.parts.Validation != nil {
		h.Validation = t.parts.Validation.Hash()
	}
	return h
}

func (t *samplesTask) build(c Config) (s *nn.Store, err error) {
	t.config = c
	if err := t.augment(); err != nil {
		return nil, err
	}
	t.store, t.model, err = c.build(samplesOf(t.parts.Train, t.parts.Input))
	return t.store, err
}

func (t *samplesTask) steps(int) int { return (t.size() + t.config.Batch - 1) / t.config.Batch }

func (t *samplesTask) size() int { return t.parts.Train.Len() }

func (t *samplesTask) batches(epoch int) iter.Seq[data.Batch] {
	return t.parts.Train.Batches(t.config.Batch, t.store.Rand("batches", epoch))
}

func (t *samplesTask) forward(p *nn.Pass, b data.Batch) *nn.Tensor {
	return t.model.Forward(p, p.Input(b.X))
}

func (t *samplesTask) validate() (s Score) {
	if t.parts.Validation != nil {
		s = Evaluate(t.store, t.model, t.parts.Validation, t.unit())
	}
	return s
}

func (t *samplesTask) test() Score { return Evaluate(t.store, t.model, t.parts.Test, t.unit()) }

func (t *samplesTask) sample() string { return "" }

func (t *samplesTask) regression() bool { return t.parts.Train.Target != nil }

func (t *samplesTask) unit() float64 { return unitOf(t.parts.Input) }

func (t *samplesTask) made(r *Result) { r.Parts, r.Model = t.parts, t.model }

func (t *samplesTask) input() (key string, value any, err error) { return inputKey, t.parts.Input, nil }

// outputs is how many numbers the model gives for a sample: one a class, or those of the target.
func outputs(set *data.Set) int {
	if set.Target != nil {
		return set.Target.Dim(-1)
	}
	return len(set.Classes)
}

// unitOf is what 1 of a standardized target stands for; 1 in classification, and where nothing was standardized.
func unitOf(in *data.Input) float64 {
	if in != nil && in.Regression() {
		return in.Target.Std
	}
	return 1
}
