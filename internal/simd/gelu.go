package simd

import "math"

// Constants of the tanh form of GELU (arXiv:1606.08415, section 2).
const (
	geluScale = 0.79788456080286535588 // sqrt(2/π)
	geluCubic = 0.044715
)

// GELUTanh computes y = x/2 * (1 + tanh(sqrt(2/π) * (x + 0.044715 x³))).
func GELUTanh[T Float](y, x []T) {
	x = x[:len(y)]
	for i, v := range x {
		x := float64(v)
		y[i] = T(0.5 * x * (1 + math.Tanh(geluScale*(x+geluCubic*x*x*x))))
	}
}

// GELUTanhBackward computes dx = dy * GELUTanh'(x).
func GELUTanhBackward[T Float](dx []T, beta T, dy, x []T) {
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		x := float64(x[i])
		t := math.Tanh(geluScale * (x + geluCubic*x*x*x))
		d := 0.5*(1+t) + 0.5*x*(1-t*t)*geluScale*(1+3*geluCubic*x*x)
		put(dx, beta, i, dy[i]*T(d))
	}
}

// GELU computes y = x * Φ(x), with the normal distribution Φ through erf.
func GELU[T Float](y, x []T) {
	x = x[:len(y)]
	for i, v := range x {
		x := float64(v)
		y[i] = T(0.5 * x * math.Erfc(-x/math.Sqrt2))
	}
}

// GELUBackward computes dx = dy * (Φ(x) + x φ(x)), φ being the normal density.
func GELUBackward[T Float](dx []T, beta T, dy, x []T) {
	const density = 0.39894228040143267794 // 1/sqrt(2π)
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		x := float64(x[i])
		d := 0.5*math.Erfc(-x/math.Sqrt2) + x*density*math.Exp(-0.5*x*x)
		put(dx, beta, i, dy[i]*T(d))
	}
}
