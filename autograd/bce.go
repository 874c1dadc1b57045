package autograd

import "github.com/heft-ml/heft/internal/simd"

const bceWithLogits = "bce_with_logits"

// BCEWithLogits returns the mean over elements of the cross-entropy between σ(x) and the target t, the probability of
// a positive:
//
//	-w t ln σ(x) - (1 - t) ln(1 - σ(x)),  w being 1 or [PosWeight]
//
// It is computed from softplus, so that it stays finite and exact for large logits. The other option is [Reduction].
//
//	x, target [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) BCEWithLogits(target *Tensor[T], opts ...LossOption) *Tensor[T] {
	s := lossSettingsOf(bceWithLogits, opts)
	x.checkTarget(bceWithLogits, target)
	weights := s.positive
	if len(weights) != 1 && (len(x.shape) == 0 || len(weights) != x.shape[len(x.shape)-1]) {
		misuse(bceWithLogits, "%d weights of positives for shape %v: one is needed, or as many as the last axis has", len(weights), x.shape)
	}
	y := New(x.shape, x, target)
	simd.BCEWithLogits(y.data, x.data, target.data, weights)
	y.Record(bceWithLogits, func(dy []T) {
		dx, beta := x.GradTo()
		simd.BCEWithLogitsBackward(dx, beta, dy, x.data, target.data, weights)
		dt, beta := target.GradTo()
		simd.BCETargetBackward(dt, beta, dy, x.data, weights)
	})
	return y.reduced(s.reduce, len(y.data))
}

// checkTarget panics unless a target has x's shape: [n] beside [n, 1] would broadcast into a loss of other pairs.
func (x *Tensor[T]) checkTarget(op string, target *Tensor[T]) {
	if !sameShape(x.shape, target.shape) {
		x.mismatch(op, "the target must have the same shape", target)
	}
}
