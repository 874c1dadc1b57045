package simd

import "math"

// Sqrt computes y = sqrt(x): NaN below 0.
func Sqrt[T Float](y, x []T) {
	if single[T]() && sqrtKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Sqrt(float64(v)))
	}
}

// SqrtBackward computes dx = dy / (2 y) + beta * dx, with y = sqrt(x).
func SqrtBackward[T Float](dx []T, beta T, dy, y []T) {
	if single[T]() && sqrtBackwardKernel(f32(dx), float32(beta), f32(dy), f32(y)) {
		return
	}
	dy, y = dy[:len(dx)], y[:len(dx)]
	for i := range dx {
		put(dx, beta, i, dy[i]/(2*y[i]))
	}
}

// Pow computes y = x^p with the special values of C's pow: x^0 is 1 for every x, NaN too. Kernels are within
// 1.2 ulp for exponents up to 8, 2.5 up to 40, and 10 for all.
func Pow[T Float](y, x []T, p T) {
	if odd, fraction, ok := exponent(float64(p)); ok && single[T]() && powKernel(f32(y), f32(x), float32(p), odd, fraction) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Pow(float64(v), float64(p)))
	}
}

// exponent tells what kernels have to know of the exponent of a power: the sign bit if it is odd, the bits of NaN if it
// is no whole number, and whether it is one that they take, which 0, NaN and infinities are not.
func exponent(q float64) (odd, fraction uint32, ok bool) {
	if math.Abs(math.Mod(q, 2)) == 1 {
		odd = 1 << 31
	}
	if q != math.Trunc(q) {
		fraction = 0x7fc00000
	}
	return odd, fraction, q != 0 && q-q == 0
}

// PowBackward computes dx = dy * p x^(p-1) + beta * dx. Kernels are within 1 ulp
// more than those of Pow.
func PowBackward[T Float](dx []T, beta T, dy, x []T, p T) {
	q := float64(p) - 1
	if single[T]() && powBackward(f32(dx), float32(beta), f32(dy), f32(x), float64(p), q) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		d := float64(p) * math.Pow(float64(x[i]), q)
		put(dx, beta, i, dy[i]*T(d))
	}
}

// powBackward calls the kernel with what it wants to know of p and q, if it takes them.
func powBackward(dx []float32, beta float32, dy, x []float32, p, q float64) bool {
	odd, fraction, ok := exponent(q)
	if !ok || p == 0 {
		return false
	}
	high := float32(q)
	low := float32(q - float64(high))
	mantissa, places := math.Frexp(math.Abs(p))
	sign := math.Float32bits(float32(p)) & (1 << 31)
	return powBackwardKernel(dx, beta, dy, x, high, low, odd, fraction, float32(mantissa), float32(places), sign)
}

// Abs computes y = |x|.
func Abs[T Float](y, x []T) {
	if single[T]() && absKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = T(math.Abs(float64(v)))
	}
}

// AbsBackward computes dx = dy * sign(x) + beta * dx, with sign(0) = 0. NaN in x stays NaN.
func AbsBackward[T Float](dx []T, beta T, dy, x []T) {
	if single[T]() && absBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x)) {
		return
	}
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
