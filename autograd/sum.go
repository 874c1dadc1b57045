package autograd

import "github.com/heft-ml/heft/internal/simd"

// Sum returns the sum over the given axes, which go; no axes means over everything.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Sum(axes ...int) *Tensor[T] { return x.summed("sum", 1, axes) }

// Mean returns the mean over the given axes, which go; no axes means over everything. The mean of nothing is NaN.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Mean(axes ...int) *Tensor[T] { return x.summed("mean", 0, axes) }

// summed is the sum over axes times scale; scale 0 stands for one over the number of summed elements.
func (x *Tensor[T]) summed(op string, scale float64, axes []int) *Tensor[T] {
	x, outer, n, inner, rest := x.gathered(op, axes)
	if scale == 0 {
		scale = 1 / float64(n)
	}
	y := New(rest, x)
	simd.SumAxis(y.data, scale, x.data, outer, n, inner)
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		simd.SumAxisBackward(dx, beta, T(scale), dy, outer, n, inner)
	})
}
