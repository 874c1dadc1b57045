package train

import (
	"fmt"
	"reflect"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// BrokenError says that training went wrong in its numbers. The same run would break again at the same step.
type BrokenError struct {
	Reason string // where, what is not finite, and what to try
}

// Error returns the reason.
func (e *BrokenError) Error() string { return e.Reason }

func broken(format string, args ...any) *BrokenError {
	return &BrokenError{fmt.Sprintf(format, args...)}
}

// advice is what to try where numbers overflow.
const advice = "try a lower --lr, --clip-norm 1, or another --init"

// whyUseless says what of a trained model, whose weights are in the store, is not finite: no step follows that would.
func (l *loop) whyUseless(test Score) error {
	for _, p := range l.store.Params() {
		if i, bad := firstBad(p.Data); bad {
			return broken("training broke at its last step: parameter %s is %v at %d: %s", p.Name, p.Data[i], i, advice)
		}
	}
	for _, score := range []struct {
		name  string
		value float64
	}{{"loss", test.Loss}, {"R2", test.R2}, {"MAE", test.MAE}} {
		if score.value-score.value != 0 {
			return broken("every parameter is finite, but the %s of the test part is %v: %s", score.name, score.value, advice)
		}
	}
	return nil
}

// whyBad computes a step again under a probe and says which layer and tensor is the first that is not finite. step
// counts from 1.
func (l *loop) whyBad(b data.Batch, step int) error {
	where := fmt.Sprintf("at step %d (%s %d)", step, l.config.round(), l.at.Epoch+1)
	for _, p := range l.store.Params() {
		if i, bad := firstBad(p.Data); bad {
			return broken("training broke %s: parameter %s is %v at %d after the update before: %s", where, p.Name, p.Data[i], i, advice)
		}
	}
	probe := &badProbe{}
	p := nn.NewPass(l.store, nn.Training)
	p.Shard, p.Probe = l.pass.Shard, probe
	loss := lossOf(l.task.forward(p, b), b, l.config.LabelSmoothing)
	v := loss.Item()
	if probe.found == "" && v-v != 0 {
		return broken("training broke %s: every layer's output is finite, but the loss is %v: %s", where, v, advice)
	}
	if probe.found == "" {
		p.Backward(loss)
	}
	if probe.found == "" {
		return broken("training broke %s: the gradient of a parameter overflows: %s", where, advice)
	}
	return broken("training broke %s: %s: %s", where, probe.found, advice)
}

// badProbe remembers the first tensor that is not finite.
type badProbe struct{ found string }

func (b *badProbe) Up(m nn.Module, y *nn.Tensor) { b.look("output", m, y.Data()) }

func (b *badProbe) Down(m nn.Module, dy []float32) { b.look("gradient", m, dy) }

func (b *badProbe) look(what string, m nn.Module, values []float32) {
	if i, bad := firstBad(values); bad && b.found == "" {
		b.found = fmt.Sprintf("the %s of layer %q (%s) is the first that is not finite: %v at %d", what, m.Path(), reflect.TypeOf(m).Elem().Name(), values[i], i)
	}
}

// firstBad returns where the first NaN or Inf is.
func firstBad(values []float32) (i int, bad bool) {
	for i, v := range values {
		if v-v != 0 {
			return i, true
		}
	}
	return 0, false
}
