package autograd

import "github.com/heft-ml/heft/internal/simd"

// ReLU returns max(x, 0); its derivative at 0 is 0 (Nair & Hinton 2010).  x, y: any equal shape
func (x *Tensor[T]) ReLU() *Tensor[T] {
	y := x.Like()
	simd.ReLU(y.data, x.data)
	return y.Record("relu", func(dy []T) {
		dx, beta := x.GradTo()
		simd.ReLUBackward(dx, beta, dy, y.data)
	})
}

// LeakyReLU returns x where it is positive, else slope x (Maas et al. 2013; PyTorch's slope is 0.01).
//
//	x, y: any equal shape
func (x *Tensor[T]) LeakyReLU(slope T) *Tensor[T] {
	y := x.Like()
	simd.LeakyReLU(y.data, slope, x.data)
	return y.Record("leaky_relu", func(dy []T) {
		dx, beta := x.GradTo()
		simd.LeakyReLUBackward(dx, beta, slope, dy, x.data)
	})
}
