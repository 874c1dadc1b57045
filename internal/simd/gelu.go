package simd

import "math"

// Constants of the tanh form of GELU (arXiv:1606.08415, section 2).
const (
	geluScale = 0.79788456080286535588 // sqrt(2/π)
	geluCubic = 0.044715
)

// GELUTanh computes y = x/2 * (1 + tanh(v/2)) = x σ(v) with v = 2 sqrt(2/π) * (x + 0.044715 x³): NaN at -Inf, as in
// PyTorch. Kernels are within 3.3 ulp.
func GELUTanh[T Float](y, x []T) {
	if single[T]() && geluTanhKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		x := float64(v)
		s, _ := logistic(2 * geluScale * (x + geluCubic*x*x*x))
		y[i] = T(x * s)
	}
}

// GELUTanhBackward computes dx = dy * σ(v) (1 + x σ(-v) v'(x)) + beta * dx. Kernels are within 6.2 ulp of the larger
// term.
func GELUTanhBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && geluTanhBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		x := float64(x[i])
		s, rest := logistic(2 * geluScale * (x + geluCubic*x*x*x))
		d := s * (1 + x*rest*2*geluScale*(1+3*geluCubic*x*x))
		put(dx, beta, i, dy[i]*T(d))
	}
}

// GELU computes y = x * Φ(x), with the normal distribution Φ through erf: NaN at -Inf, as in PyTorch. Kernels are within
// 4.7 ulp.
func GELU[T Float](y, x []T) {
	if single[T]() && geluKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		x := float64(v)
		y[i] = T(0.5 * x * math.Erfc(-x/math.Sqrt2))
	}
}

// GELUBackward computes dx = dy * (Φ(x) + x φ(x)) + beta * dx, φ being the normal density. Kernels are within 4 ulp of
// the larger term.
func GELUBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && geluBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	const density = 0.39894228040143267794 // 1/sqrt(2π)
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		x := float64(x[i])
		d := 0.5*math.Erfc(-x/math.Sqrt2) + x*density*math.Exp(-0.5*x*x)
		put(dx, beta, i, dy[i]*T(d))
	}
}
