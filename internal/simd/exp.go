package simd

import "math"

// Exp computes y = e^x. Kernels are within 0.95 ulp.
func Exp[T Float](y, x []T) {
	if single[T]() && expKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Exp(float64(v)))
	}
}

// Log computes y = ln x: -Inf at 0, NaN below. Kernels are within 0.95 ulp.
func Log[T Float](y, x []T) {
	if single[T]() && logKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Log(float64(v)))
	}
}
