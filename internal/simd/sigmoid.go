package simd

import "math"

// logistic returns σ(x) = 1/(1+e^-x) and 1 - σ(x) = σ(-x), neither of which overflows or cancels.
func logistic(x float64) (s, rest float64) {
	e := math.Exp(-math.Abs(x))
	large, small := 1/(1+e), e/(1+e)
	if x < 0 {
		return small, large
	}
	return large, small
}

// softplus returns ln(1 + e^x), exact to rounding for every x.
func softplus(x float64) float64 { return max(x, 0) + softplusRest(x) }

// softplusRest returns ln(1 + e^-|x|).
func softplusRest(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) }

// Sigmoid computes y = σ(x). Kernels are within 2.5 ulp.
func Sigmoid[T Float](y, x []T) {
	if single[T]() && sigmoidKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		s, _ := logistic(float64(v))
		y[i] = T(s)
	}
}

// SigmoidBackward computes dx = dy * σ(x) σ(-x) + beta * dx. Taken from y it would be 0 once y rounds to 1.
// Kernels are within 4.3 ulp.
func SigmoidBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && sigmoidBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		s, rest := logistic(float64(x[i]))
		put(dx, beta, i, dy[i]*T(s*rest))
	}
}

// LogSigmoid computes y = ln σ(x). Kernels are within 1.8 ulp.
func LogSigmoid[T Float](y, x []T) {
	if single[T]() && logSigmoidKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(-softplus(-float64(v)))
	}
}

// LogSigmoidBackward computes dx = dy * σ(-x) + beta * dx. Kernels are within 2.5 ulp.
func LogSigmoidBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && logSigmoidBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		_, rest := logistic(float64(x[i]))
		put(dx, beta, i, dy[i]*T(rest))
	}
}

// SiLU computes y = x σ(x): NaN at -Inf, as in PyTorch. Kernels are within 3.4 ulp.
func SiLU[T Float](y, x []T) {
	if single[T]() && siluKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		s, _ := logistic(float64(v))
		y[i] = T(float64(v) * s)
	}
}

// SiLUBackward computes dx = dy * σ(x) (1 + x σ(-x)) + beta * dx. Kernels are within 5.1 ulp of the larger term.
func SiLUBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && siluBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		x := float64(x[i])
		s, rest := logistic(x)
		put(dx, beta, i, dy[i]*T(s*(1+x*rest)))
	}
}

// Softplus computes y = ln(1 + e^x). Kernels are within 1.8 ulp.
func Softplus[T Float](y, x []T) {
	if single[T]() && softplusKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(softplus(float64(v)))
	}
}

// SoftplusBackward computes dx = dy * σ(x) + beta * dx. Kernels are within 2.5 ulp.
func SoftplusBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && softplusBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		s, _ := logistic(float64(x[i]))
		put(dx, beta, i, dy[i]*T(s))
	}
}
