package train

import (
	"iter"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// task is what a run learns: to answer for the samples of a set, or to go on with a text. A round is what stands in a row
// of metrics.csv: an epoch of a set, so many steps of a text.
type task interface {
	// hashes name the content of the data.
	hashes() DataHashes
	// build prepares the data and declares the model. It comes before all that follows.
	build(c Config) (*nn.Store, error)
	// steps returns how many batches a round has.
	steps(round int) int
	// size returns how many samples are learned in a round that is whole.
	size() int
	// batches yields those of a round, or more; its loop takes as many as there are steps.
	batches(round int) iter.Seq[data.Batch]
	// change does to a batch what the configuration asks to do in training alone.
	change(b data.Batch) data.Batch
	// forward computes what the model makes of a batch.
	forward(p *nn.Pass, b data.Batch) *nn.Tensor
	// validate scores the model on the part that is held out; without one the score has no samples.
	validate() Score
	// test scores the model on the part that is kept for the end.
	test() Score
	// sample returns what a model of text writes; "" of other models.
	sample() string
	// regression tells whether numbers are predicted, not classes, and unit what 1 of a standardized target stands for.
	regression() bool
	unit() float64
	// made adds the data and the model to a result.
	made(r *Result)
	// input returns what turns new input into numbers, for the metadata of the weights file, and its key there.
	input() (key string, value any, err error)
}

// lossOf is what training makes small: cross entropy where the batch has labels, mean squared error where it has
// targets.
func lossOf(out *nn.Tensor, b data.Batch, smoothing float64) *nn.Tensor {
	if b.Target != nil {
		return out.MSE(b.Target)
	}
	return out.CrossEntropy(b.Y, autograd.LabelSmoothing(smoothing))
}

// answers is how many answers a batch asks for: one a sample, or one a token.
func answers(b data.Batch) int {
	if b.Target != nil {
		return b.Len()
	}
	return len(b.Y.Data)
}
