package autograd

import (
	"math"
	"slices"
)

// LossOption changes how a loss is computed or reduced. An option that the loss does not have panics with a
// [*UsageError].
type LossOption func(op string, s *lossSettings)

// Reduce says what becomes of the losses of a batch.
type Reduce uint8

const (
	ReduceMean Reduce = iota // their mean, a scalar; of no losses it is NaN
	ReduceSum                // their sum, a scalar
	ReduceNone               // they stay apart
)

type lossSettings struct {
	reduce    Reduce
	smoothing float64
	ignore    int
	positive  []float64
}

// Reduction chooses between mean, which is the default, sum and none.
func Reduction(r Reduce) LossOption {
	return func(op string, s *lossSettings) {
		if r > ReduceNone {
			misuse(op, "unknown reduction %d", r)
		}
		s.reduce = r
	}
}

// LabelSmoothing gives the label a probability of 1 - eps + eps/c and every other class eps/c (arXiv:1512.00567).
// For [Tensor.CrossEntropy]; eps is from 0, the default, to 1.
func LabelSmoothing(eps float64) LossOption {
	return func(op string, s *lossSettings) {
		onlyFor(crossEntropy, op, "LabelSmoothing")
		if !(eps >= 0 && eps <= 1) {
			misuse(op, "label smoothing must be from 0 to 1, not %v", eps)
		}
		s.smoothing = eps
	}
}

// IgnoreIndex makes rows with this label count for nothing, be it a class or not. For [Tensor.CrossEntropy]; PyTorch's
// -100 is the default.
func IgnoreIndex(label int) LossOption {
	return func(op string, s *lossSettings) {
		onlyFor(crossEntropy, op, "IgnoreIndex")
		s.ignore = label
	}
}

// PosWeight multiplies the loss of positives: one weight for all, or one for each element of the last axis. Above 1 it
// trades precision for recall. For [Tensor.BCEWithLogits]; weights are finite and not negative.
func PosWeight(weights ...float64) LossOption {
	weights = slices.Clone(weights)
	return func(op string, s *lossSettings) {
		onlyFor(bceWithLogits, op, "PosWeight")
		for _, w := range weights {
			if !(w >= 0) || math.IsInf(w, 1) {
				misuse(op, "weights of positives must be finite and not negative, not %v", w)
			}
		}
		s.positive = weights
	}
}

func onlyFor(owner, op, option string) {
	if op != owner {
		misuse(op, "%s is an option of %s", option, owner)
	}
}

// lossSettingsOf applies the options to the defaults.
func lossSettingsOf(op string, opts []LossOption) lossSettings {
	s := lossSettings{ignore: -100, positive: []float64{1}}
	for _, o := range opts {
		o(op, &s)
	}
	return s
}

// reduced reduces losses, of which so many count. Sums are carried in float64 and rounded once.
func (x *Tensor[T]) reduced(r Reduce, counted int) *Tensor[T] {
	switch r {
	case ReduceMean:
		return x.summed("mean", 1/float64(counted), nil)
	case ReduceSum:
		return x.Sum()
	}
	return x
}
