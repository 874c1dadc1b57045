package simd

import "math"

// SwiGLU computes y = gate σ(gate) * up. Kernels are within 4.3 ulp.
func SwiGLU[T Float](y, gate, up []T) {
	if single[T]() && swiGLUKernel(f32(y), f32(gate), f32(up)) {
		return
	}
	gate, up = gate[:len(y)], up[:len(y)]
	for i := range y {
		y[i] = T(siluOf(float64(gate[i])) * float64(up[i]))
	}
}

// SwiGLUGateBackward computes dgate = dy * up * SiLU'(gate) + beta * dgate.
func SwiGLUGateBackward[T Float](dgate []T, beta T, dy, gate, up []T) {
	if single[T]() && swiGLUGateBackwardKernel(f32(dgate), float32(beta), f32(dy), f32(gate), f32(up)) {
		return
	}
	dy, gate, up = dy[:len(dgate)], gate[:len(dgate)], up[:len(dgate)]
	for i := range dgate {
		x := float64(gate[i])
		s, rest := logistic(x)
		put(dgate, beta, i, T(float64(dy[i])*float64(up[i])*s*(1+x*rest)))
	}
}

// SwiGLUUpBackward computes dup = dy * gate σ(gate) + beta * dup.
func SwiGLUUpBackward[T Float](dup []T, beta T, dy, gate []T) {
	if single[T]() && swiGLUUpBackwardKernel(f32(dup), float32(beta), f32(dy), f32(gate)) {
		return
	}
	dy, gate = dy[:len(dup)], gate[:len(dup)]
	for i := range dup {
		put(dup, beta, i, T(float64(dy[i])*siluOf(float64(gate[i]))))
	}
}

func siluOf(x float64) float64 {
	s, _ := logistic(x)
	return x * s
}

// GeGLU computes y = gate Φ(gate) * up. Kernels are within 5.3 ulp.
func GeGLU[T Float](y, gate, up []T) {
	if single[T]() && geGLUKernel(f32(y), f32(gate), f32(up)) {
		return
	}
	gate, up = gate[:len(y)], up[:len(y)]
	for i := range y {
		y[i] = T(geluOf(float64(gate[i])) * float64(up[i]))
	}
}

// GeGLUGateBackward computes dgate = dy * up * GELU'(gate) + beta * dgate.
func GeGLUGateBackward[T Float](dgate []T, beta T, dy, gate, up []T) {
	if single[T]() && geGLUGateBackwardKernel(f32(dgate), float32(beta), f32(dy), f32(gate), f32(up)) {
		return
	}
	dy, gate, up = dy[:len(dgate)], gate[:len(dgate)], up[:len(dgate)]
	for i := range dgate {
		put(dgate, beta, i, T(float64(dy[i])*float64(up[i])*geluSlope(float64(gate[i]))))
	}
}

// GeGLUUpBackward computes dup = dy * gate Φ(gate) + beta * dup.
func GeGLUUpBackward[T Float](dup []T, beta T, dy, gate []T) {
	if single[T]() && geGLUUpBackwardKernel(f32(dup), float32(beta), f32(dy), f32(gate)) {
		return
	}
	dy, gate = dy[:len(dup)], gate[:len(dup)]
	for i := range dup {
		put(dup, beta, i, T(float64(dy[i])*geluOf(float64(gate[i]))))
	}
}

func geluOf(x float64) float64 { return 0.5 * x * math.Erfc(-x/math.Sqrt2) }

func geluSlope(x float64) float64 {
	return 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-0.5*x*x)/math.Sqrt(2*math.Pi)
}
