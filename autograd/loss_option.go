package autograd

import (
	"math"
	"slices"
	"strings"
)

// LossOption changes how a loss is computed or reduced. An option that the loss does not have panics with a
// [*UsageError].
type LossOption func(op string, s lossSettings) lossSettings

// Reduce says what becomes of the losses of a batch.
type Reduce uint8

const (
	ReduceMean Reduce = iota // their mean, a scalar; of no losses it is NaN
	ReduceSum                // their sum, a scalar
	ReduceNone               // they stay apart

	ReduceBatchMean // for KLDiv: their sum over the number of samples, which axis 0 counts
)

type lossSettings struct {
	reduce    Reduce
	smoothing float64
	ignore    int
	positive  []float64
	logTarget bool
}

// Reduction chooses between mean, which is the default, sum and none.
func Reduction(r Reduce) LossOption {
	return func(op string, s lossSettings) lossSettings {
		if r > ReduceBatchMean {
			misuse(op, "unknown reduction %d", r)
		}
		if r == ReduceBatchMean {
			onlyFor(op, "ReduceBatchMean", klDiv)
		}
		s.reduce = r
		return s
	}
}

// LabelSmoothing gives the label a probability of 1 - eps + eps/c and every other class eps/c (arXiv:1512.00567).
// For [Tensor.CrossEntropy]; eps is from 0, the default, to 1.
func LabelSmoothing(eps float64) LossOption {
	return func(op string, s lossSettings) lossSettings {
		onlyFor(op, "LabelSmoothing", crossEntropy)
		if !(eps >= 0 && eps <= 1) {
			misuse(op, "label smoothing must be from 0 to 1, not %v", eps)
		}
		s.smoothing = eps
		return s
	}
}

// IgnoreIndex makes rows with this label count for nothing, be it a class or not. For [Tensor.CrossEntropy] and
// [Tensor.NLL]; PyTorch's -100 is the default.
func IgnoreIndex(label int) LossOption {
	return func(op string, s lossSettings) lossSettings {
		onlyFor(op, "IgnoreIndex", crossEntropy, nll)
		s.ignore = label
		return s
	}
}

// PosWeight multiplies the loss of positives: one weight for all, or one for each element of the last axis. Above 1 it
// trades precision for recall. For [Tensor.BCEWithLogits]; weights are finite and not negative.
func PosWeight(weights ...float64) LossOption {
	weights = slices.Clone(weights)
	return func(op string, s lossSettings) lossSettings {
		onlyFor(op, "PosWeight", bceWithLogits)
		for _, w := range weights {
			if !(w >= 0) || math.IsInf(w, 1) {
				misuse(op, "weights of positives must be finite and not negative, not %v", w)
			}
		}
		s.positive = weights
		return s
	}
}

// LogTarget says that the target is of log-probabilities, as the input is. For [Tensor.KLDiv].
func LogTarget() LossOption {
	return func(op string, s lossSettings) lossSettings {
		onlyFor(op, "LogTarget", klDiv)
		s.logTarget = true
		return s
	}
}

func onlyFor(op, option string, owners ...string) {
	if !slices.Contains(owners, op) {
		misuse(op, "%s is an option of %s", option, strings.Join(owners, " and "))
	}
}

// unweighted is the weight of positives unless [PosWeight] says otherwise. It is not written.
var unweighted = []float64{1}

// lossSettingsOf applies the options to the defaults.
func lossSettingsOf(op string, opts []LossOption) lossSettings {
	s := lossSettings{ignore: -100, positive: unweighted}
	for _, o := range opts {
		s = o(op, s)
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
