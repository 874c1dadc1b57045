package autograd

import "github.com/heft-ml/heft/internal/simd"

// Var returns the variance over the given axes, which go; no axes means over everything:
//
//	y = Σ (x - mean)² / max(0, m - correction),  m being the number of elements summed
//
// Correction 1 is Bessel's, for samples; 0 is for whole populations. With nothing to divide by it is NaN or Inf.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Var(correction int, axes ...int) *Tensor[T] {
	x, outer, n, inner, rest := x.gathered("var", axes)
	scale := 1 / float64(max(0, n-correction))
	y := New(rest, x)
	simd.Variance(y.data, scale, x.data, outer, n, inner)
	return y.Record("var", func(dy []T) {
		dx, beta := x.GradTo()
		simd.VarianceBackward(dx, beta, scale, dy, x.data, outer, n, inner)
	})
}

// Std returns the standard deviation over the given axes, the square root of [Tensor.Var]. Its derivative at 0 is 0.
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) Std(correction int, axes ...int) *Tensor[T] {
	x, outer, n, inner, rest := x.gathered("std", axes)
	scale := 1 / float64(max(0, n-correction))
	y := New(rest, x)
	simd.Deviation(y.data, scale, x.data, outer, n, inner)
	return y.Record("std", func(dy []T) {
		dx, beta := x.GradTo()
		simd.DeviationBackward(dx, beta, scale, dy, y.data, x.data, outer, n, inner)
	})
}
