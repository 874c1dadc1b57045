package simd

import "math"

// Tanh computes y = tanh(x). Kernels are within 2.6 ulp.
func Tanh[T Float](y, x []T) {
	if single[T]() && tanhKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Tanh(float64(v)))
	}
}

// TanhBackward computes dx = dy * (1 - tanh²(x)) + beta * dx, as 4 e^-2|x| / (1 + e^-2|x|)²: the difference would be 0
// once tanh rounds to 1. Kernels are within 4.4 ulp.
func TanhBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && tanhBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		e := math.Exp(-2 * math.Abs(float64(x[i])))
		put(dx, beta, i, dy[i]*T(4*e/((1+e)*(1+e))))
	}
}
