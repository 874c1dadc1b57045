package autograd

import "github.com/heft-ml/heft/internal/simd"

// Pointwise is a function of every element and its way back: Backward computes dx = beta dx + f'(x) dy.
type Pointwise[T Float] struct {
	Forward  func(y, x []T)
	Backward func(dx []T, beta T, dy, x []T)
}

// GELUPoints is [Tensor.GELU].
func GELUPoints[T Float]() Pointwise[T] { return Pointwise[T]{simd.GELU[T], simd.GELUBackward[T]} }

// GELUTanhPoints is [Tensor.GELUTanh].
func GELUTanhPoints[T Float]() Pointwise[T] {
	return Pointwise[T]{simd.GELUTanh[T], simd.GELUTanhBackward[T]}
}

// SiLUPoints is [Tensor.SiLU].
func SiLUPoints[T Float]() Pointwise[T] { return Pointwise[T]{simd.SiLU[T], simd.SiLUBackward[T]} }

// points is the op of a function of every element.
func (x *Tensor[T]) points(op string, f Pointwise[T]) *Tensor[T] {
	y := x.Like()
	f.Forward(y.data, x.data)
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		f.Backward(dx, beta, dy, x.data)
	})
}

// LinearOf returns f(x) Wᵀ + b with the bits of f and then [Tensor.Linear], and does not keep f(x): the way back computes it
// again, as it takes far less time than the product.
//
//	x [..., in], w [out, in], b [out] or nil, y [..., out]
func (x *Tensor[T]) LinearOf(f Pointwise[T], w, b *Tensor[T]) *Tensor[T] {
	y := x.linear("linear_of", w, b)
	h := y.Temp(len(x.data))
	f.Forward(h, x.data)
	y.project(h, w, b)
	return y.Record("linear_of", func(dy []T) {
		h := y.Temp(len(x.data))
		if w.slot != nil {
			f.Forward(h, x.data)
		}
		y.parameters(dy, h, w, b)
		if x.slot != nil {
			y.backProject(h, 0, dy, w)
			dx, beta := x.GradTo()
			f.Backward(dx, beta, h, x.data)
		}
	})
}
