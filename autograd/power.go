package autograd

import "github.com/heft-ml/heft/internal/simd"

// Sqrt returns √x, which is NaN below 0; its derivative at 0 is +Inf.  x, y: any equal shape
func (x *Tensor[T]) Sqrt() *Tensor[T] {
	y := x.Like()
	simd.Sqrt(y.data, x.data)
	return y.Record("sqrt", func(dy []T) {
		dx, beta := x.GradTo()
		simd.SqrtBackward(dx, beta, dy, y.data)
	})
}

// Pow returns xᵖ for a constant p, with the special values of C's pow: x⁰ is 1 for every x, and a negative x has a
// value where p is whole, else NaN. The derivative p xᵖ⁻¹ is 0 for p = 0, also at x = 0, as in PyTorch.
//
//	x, y: any equal shape
func (x *Tensor[T]) Pow(p T) *Tensor[T] {
	y := x.Like()
	simd.Pow(y.data, x.data, p)
	return y.Record("pow", func(dy []T) {
		if p == 0 {
			x.Grad()
			return
		}
		dx, beta := x.GradTo()
		simd.PowBackward(dx, beta, dy, x.data, p)
	})
}

// Abs returns |x|; its derivative at 0 is 0.  x, y: any equal shape
func (x *Tensor[T]) Abs() *Tensor[T] {
	y := x.Like()
	simd.Abs(y.data, x.data)
	return y.Record("abs", func(dy []T) {
		dx, beta := x.GradTo()
		simd.AbsBackward(dx, beta, dy, x.data)
	})
}
