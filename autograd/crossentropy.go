package autograd

import "github.com/heft-ml/heft/internal/simd"

const crossEntropy = "cross_entropy"

// CrossEntropy returns the mean over rows of -ln softmax(x)[label], from logits whose classes are the LAST axis
// (PyTorch has them in axis 1; for [n, c] the two agree). It never takes the logarithm of a rounded probability.
// Options are [LabelSmoothing], [IgnoreIndex] and [Reduction]; rows ignored do not count for the mean, and get no
// gradient. It panics with a [*UsageError] that names the position of a label out of range.
//
//	x [..., c], labels [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) CrossEntropy(labels Labels, opts ...LossOption) *Tensor[T] {
	s := lossSettingsOf(crossEntropy, opts)
	counted := x.countLabels(crossEntropy, labels, s.ignore)
	n := len(labels.Data)
	y := New(labels.Shape, x)
	top, others := y.Save(n), y.Save(n)
	simd.CrossEntropy(y.data, top, others, x.data, labels.Data, s.ignore, s.smoothing)
	y.Record(crossEntropy, func(dy []T) {
		dx, beta := x.GradTo()
		simd.CrossEntropyBackward(dx, beta, dy, top, others, x.data, labels.Data, s.ignore, s.smoothing)
	})
	return y.reduced(s.reduce, counted)
}

// countLabels checks the labels of x's rows and returns how many are not to be ignored.
func (x *Tensor[T]) countLabels(op string, labels Labels, ignore int) (counted int) {
	labels.check(op)
	last := len(x.shape) - 1
	if last < 0 || !sameShape(labels.Shape, x.shape[:last]) {
		panic(&ShapeError{
			Op:       op,
			Operands: []Operand{x.operand(), labels.operand()},
			Reason:   "logits [..., c] need labels [...]: the classes are the last axis",
		})
	}
	c := x.shape[last]
	for i, label := range labels.Data {
		switch {
		case int(label) == ignore:
		case label < 0 || int(label) >= c:
			misuse(op, "label %d at position %v is none of the %d classes, counted from 0", label, position(i, labels.Shape), c)
		default:
			counted++
		}
	}
	return counted
}
