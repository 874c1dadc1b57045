package train

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Score is how a model does on a set.
type Score struct {
	Loss     float64 `json:"loss"`               // mean cross entropy in nats; in regression, mean squared error of the standardized target
	Accuracy float64 `json:"accuracy,omitempty"` // classification: share of samples put in their class
	R2       float64 `json:"r2,omitempty"`       // regression: 1 - squared error / squared deviation from the mean
	MAE      float64 `json:"mae,omitempty"`      // regression: mean absolute error, in the target's own unit
	Samples  int     `json:"samples"`            // of a text, the tokens that were predicted
	// Characters are those of the text that was scored; 0 of samples.
	Characters int `json:"characters,omitempty"`
}

// PerCharacter returns the score of a text with its loss in nats a character instead of a token: the loss of a token times
// the tokens of a character. So texts can be compared whatever their tokens are. Other scores come back as they are.
func (s Score) PerCharacter() Score {
	if s.Characters > 0 {
		s.Loss *= float64(s.Samples+1) / float64(s.Characters) // all tokens but the first were predicted
	}
	return s
}

// String tells the score in a few words.
func (s Score) String() string {
	if s.Accuracy == 0 && s.MAE > 0 {
		return fmt.Sprintf("loss %.4f  R2 %.3f  MAE %.4g", s.Loss, s.R2, s.MAE)
	}
	return fmt.Sprintf("loss %.4f  accuracy %5.1f%%", s.Loss, 100*s.Accuracy)
}

// Bounds of what is scored at once.
const (
	scoreBatch   = 256     // samples
	scoreNumbers = 1 << 22 // numbers that they have
)

// Evaluate scores a model on a set. unit is what 1 of a regression's standardized target stands for; classification
// does not look at it.
func Evaluate(s *nn.Store, m nn.Layer, set *data.Set, unit float64) Score {
	var sum tally
	each(s, m, set, func(out *nn.Tensor, b data.Batch) { sum.add(out, lossOf(out, b, 0), b) })
	return sum.score(set.Target != nil, unit)
}

// each computes the outputs of a set, batch after batch.
func each(s *nn.Store, m nn.Layer, set *data.Set, f func(out *nn.Tensor, b data.Batch)) {
	p := nn.NewPass(s, nn.Inference)
	size := min(scoreBatch, max(1, scoreNumbers/set.Features()))
	for b := range set.Batches(size, nil) {
		p.Reset()
		f(m.Forward(p, p.Input(b.X)), b)
	}
}

// tally sums the scores of batches. It is part of a checkpoint, so that an epoch cut short goes on with the same sums.
type tally struct {
	Samples  int     `json:"samples"`
	Loss     float64 `json:"loss"`
	Right    int     `json:"right,omitempty"`
	Absolute float64 `json:"absolute,omitempty"` // errors of a regression
	Squared  float64 `json:"squared,omitempty"`
	Sum      float64 `json:"sum,omitempty"` // of the target
	SumSq    float64 `json:"sum_sq,omitempty"`
	Values   int     `json:"values,omitempty"`
}

// add counts one batch, whose mean loss is given.  out [n, classes], [n, k] or, of a text, [n, t, tokens]
func (t *tally) add(out, loss *nn.Tensor, b data.Batch) {
	n := answers(b)
	t.Samples += n
	t.Loss += float64(loss.Item()) * float64(n)
	if b.Target == nil {
		for i, class := range out.ArgMax(-1).Data {
			if class == b.Y.Data[i] {
				t.Right++
			}
		}
		return
	}
	for i, want := range b.Target.Data() {
		v := float64(want)
		d := float64(out.Data()[i]) - v
		t.Absolute += math.Abs(d)
		t.Squared += d * d
		t.Sum += v
		t.SumSq += v * v
	}
	t.Values += b.Target.Len()
}

func (t *tally) score(regression bool, unit float64) Score {
	n := float64(max(t.Samples, 1))
	s := Score{Loss: t.Loss / n, Samples: t.Samples}
	if !regression {
		s.Accuracy = float64(t.Right) / n
		return s
	}
	values := float64(max(t.Values, 1))
	s.MAE = t.Absolute / values * unit
	if spread := t.SumSq - t.Sum*t.Sum/values; spread > 0 {
		s.R2 = 1 - t.Squared/spread
	}
	return s
}
