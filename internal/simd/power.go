package simd

import "math"

// Sqrt computes y = sqrt(x): NaN below 0.
func Sqrt[T Float](y, x []T) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Sqrt(float64(v)))
	}
}

// SqrtBackward computes dx = dy / (2 y) + beta * dx, with y = sqrt(x).
func SqrtBackward[T Float](dx []T, beta T, dy, y []T) {
	dy, y = dy[:len(dx)], y[:len(dx)]
	for i := range dx {
		put(dx, beta, i, dy[i]/(2*y[i]))
	}
}

// Pow computes y = x^p with the special values of C's pow: x^0 is 1 for every x, NaN too.
func Pow[T Float](y, x []T, p T) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Pow(float64(v), float64(p)))
	}
}

// PowBackward computes dx = dy * p x^(p-1) + beta * dx.
func PowBackward[T Float](dx []T, beta T, dy, x []T, p T) {
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		d := float64(p) * math.Pow(float64(x[i]), float64(p)-1)
		put(dx, beta, i, dy[i]*T(d))
	}
}

// Abs computes y = |x|.
func Abs[T Float](y, x []T) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Abs(float64(v)))
	}
}

// AbsBackward computes dx = dy * sign(x) + beta * dx, with sign(0) = 0. NaN in x stays NaN.
func AbsBackward[T Float](dx []T, beta T, dy, x []T) {
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		sign := x[i]
		if sign > 0 {
			sign = 1
		} else if sign < 0 {
			sign = -1
		}
		put(dx, beta, i, dy[i]*sign)
	}
}
