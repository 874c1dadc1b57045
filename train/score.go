package train

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Score is how a model does on a set: the mean cross entropy in nats, and the share of samples put in their class.
type Score struct {
	Loss     float64 `json:"loss"`
	Accuracy float64 `json:"accuracy"`
	Samples  int     `json:"samples"`
}

// scoreBatch is how many samples are scored at once: it bounds the memory.
const scoreBatch = 256

// Evaluate scores a model on a set.
func Evaluate(s *nn.Store, m nn.Layer, set *data.Set) Score {
	var sum tally
	p := nn.NewPass(s, nn.Inference)
	for b := range set.Batches(scoreBatch, nil) {
		p.Reset()
		out := m.Forward(p, p.Input(b.X))
		sum.add(out, out.CrossEntropy(b.Y), b.Y)
	}
	return sum.score()
}

// tally sums the scores of batches.
type tally struct {
	loss    float64
	right   int
	samples int
}

// add counts one batch, whose mean loss is given.  out [n, classes], y [n]
func (t *tally) add(out, loss *nn.Tensor, y autograd.Labels) {
	n := len(y.Data)
	t.loss += float64(loss.Item()) * float64(n)
	t.samples += n
	for i, class := range out.ArgMax(-1).Data {
		if class == y.Data[i] {
			t.right++
		}
	}
}

func (t *tally) score() Score {
	n := float64(max(t.samples, 1))
	return Score{t.loss / n, float64(t.right) / n, t.samples}
}
