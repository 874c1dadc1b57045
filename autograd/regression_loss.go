package autograd

import "github.com/heft-ml/heft/internal/simd"

// MSE returns the mean of (x - target)². [Reduction] is its option. A target that wants a gradient gets one.
//
//	x, target [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) MSE(target *Tensor[T], opts ...LossOption) *Tensor[T] {
	return x.distance("mse", target, opts, simd.SquaredDistance, simd.SquaredDistanceBackward)
}

// L1 returns the mean of |x - target|, whose derivative at 0 is 0. [Reduction] is its option. A target that wants a
// gradient gets one.
//
//	x, target [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) L1(target *Tensor[T], opts ...LossOption) *Tensor[T] {
	return x.distance("l1", target, opts, simd.Distance, simd.DistanceBackward)
}

// Huber returns the mean, with d = |x - target|, of d²/2 where d <= delta and of delta (d - delta/2) elsewhere: outliers
// pull with no more than delta (Huber 1964; torch.nn.HuberLoss, whose delta is 1). [Reduction] is its option. A target
// that wants a gradient gets one. It panics with a [*UsageError] unless delta is positive.
//
//	x, target [...], y scalar, or [...] with [ReduceNone]
func (x *Tensor[T]) Huber(target *Tensor[T], delta float64, opts ...LossOption) *Tensor[T] {
	if !(delta > 0) {
		misuse("huber", "delta must be positive, not %v", delta)
	}
	forward := func(y, x, t []T) { simd.Huber(y, delta, x, t) }
	backward := func(dx []T, beta, sign T, dy, x, t []T) { simd.HuberBackward(dx, beta, sign, delta, dy, x, t) }
	return x.distance("huber", target, opts, forward, backward)
}

// distance is a loss of x - target, element by element. The gradients of the two differ in sign.
func (x *Tensor[T]) distance(op string, target *Tensor[T], opts []LossOption, forward func(y, x, t []T), backward func(dx []T, beta, sign T, dy, x, t []T)) *Tensor[T] {
	s := lossSettingsOf(op, opts)
	x.checkTarget(op, target)
	y := New(x.shape, x, target)
	forward(y.data, x.data, target.data)
	y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		backward(dx, beta, 1, dy, x.data, target.data)
		dt, beta := target.GradTo()
		backward(dt, beta, -1, dy, x.data, target.data)
	})
	return y.reduced(s.reduce, len(y.data))
}
