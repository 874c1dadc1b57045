package simd

import "math"

// ELU computes y = scale * x where x > 0, else scale * alpha * (e^x - 1). Kernels are within 2 ulp.
func ELU[T Float](y []T, scale, alpha float64, x []T) {
	if single[T]() && eluKernel(f32(y), f32(x), float32(scale), float32(scale*alpha)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		x := float64(v)
		if !(x > 0) {
			x = alpha * math.Expm1(x)
		}
		y[i] = T(scale * x)
	}
}

// ELUBackward computes dx = dy * scale where x > 0, else dy * scale * alpha * e^x. Kernels are within 2 ulp.
func ELUBackward[T Float](dx []T, beta T, scale, alpha float64, dy, x []T) {
	if single[T]() && eluBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), float32(scale), float32(scale*alpha)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		d := scale
		if x := float64(x[i]); !(x > 0) {
			d *= alpha * math.Exp(x)
		}
		put(dx, beta, i, dy[i]*T(d))
	}
}
