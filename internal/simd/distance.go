package simd

import "math"

// The twins compute in float64 and round once. The kernels compute in float32: to within 2 ulp, and 6 ulp for Huber
// beyond delta, unless x - t overflows.
//
// The Backward kernels of this file take a sign: 1 for the gradient of x, -1 for that of t.

// SquaredDistance computes y = (x - t)².
func SquaredDistance[T Float](y, x, t []T) {
	if single[T]() && squaredDistanceKernel(f32(y), f32(x), f32(t)) {
		return
	}
	x, t = x[:len(y)], t[:len(y)]
	for i := range y {
		d := float64(x[i]) - float64(t[i])
		y[i] = T(d * d)
	}
}

// SquaredDistanceBackward computes dx = sign * dy * 2 (x - t) + beta * dx.
func SquaredDistanceBackward[T Float](dx []T, beta, sign T, dy, x, t []T) {
	if single[T]() && squaredDistanceBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), f32(t), 2*float32(sign)) {
		return
	}
	dy, x, t = dy[:len(dx)], x[:len(dx)], t[:len(dx)]
	for i := range dx {
		d := float64(x[i]) - float64(t[i])
		put(dx, beta, i, T(sign*T(float64(dy[i])*2*d)))
	}
}

// Distance computes y = |x - t|.
func Distance[T Float](y, x, t []T) {
	if single[T]() && distanceKernel(f32(y), f32(x), f32(t)) {
		return
	}
	x, t = x[:len(y)], t[:len(y)]
	for i := range y {
		y[i] = T(math.Abs(float64(x[i]) - float64(t[i])))
	}
}

// DistanceBackward computes dx = sign * dy * s + beta * dx: s is 1 where x > t, -1 where x < t, 0 where x = t.
func DistanceBackward[T Float](dx []T, beta, sign T, dy, x, t []T) {
	if single[T]() && distanceBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), f32(t), float32(sign)) {
		return
	}
	dy, x, t = dy[:len(dx)], x[:len(dx)], t[:len(dx)]
	for i := range dx {
		s := x[i] - t[i] // 0 and NaN stay
		if s > 0 {
			s = 1
		} else if s < 0 {
			s = -1
		}
		put(dx, beta, i, T(sign*dy[i]*s))
	}
}

// Huber computes, with d = |x - t|, y = d²/2 where d <= delta and delta (d - delta/2) elsewhere.
func Huber[T Float](y []T, delta float64, x, t []T) {
	if single[T]() && huberKernel(f32(y), f32(x), f32(t), float32(delta)) {
		return
	}
	x, t = x[:len(y)], t[:len(y)]
	for i := range y {
		d := math.Abs(float64(x[i]) - float64(t[i]))
		if d <= delta {
			y[i] = T(d * d / 2)
		} else {
			y[i] = T(delta * (d - float64(delta/2)))
		}
	}
}

// HuberBackward computes dx = sign * dy * (x - t, kept within ±delta) + beta * dx.
func HuberBackward[T Float](dx []T, beta, sign T, delta float64, dy, x, t []T) {
	if single[T]() && huberBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), f32(t), float32(sign), float32(delta)) {
		return
	}
	dy, x, t = dy[:len(dx)], x[:len(dx)], t[:len(dx)]
	for i := range dx {
		d := max(-delta, min(float64(x[i])-float64(t[i]), delta)) // min and max hand NaN on
		put(dx, beta, i, T(sign*T(float64(dy[i])*d)))
	}
}
