package simd

import "math"

// Variance computes over the middle axis of x [outer, n, inner] the sum of squared distances from the mean, times
// scale: y [outer, inner].
func Variance[T Float](y []T, scale float64, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		y[k] = T(scale * squaredDistances(x, from, n, inner))
	}
}

// VarianceBackward computes dx [outer, n, inner] = dy * 2 scale (x - mean) + beta * dx.
func VarianceBackward[T Float](dx []T, beta T, scale float64, dy, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		distancesBackward(dx, beta, 2*scale*float64(dy[k]), x, from, n, inner)
	}
}

// Deviation computes the square root of what [Variance] does: y [outer, inner].
func Deviation[T Float](y []T, scale float64, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		y[k] = T(math.Sqrt(scale * squaredDistances(x, from, n, inner)))
	}
}

// DeviationBackward computes dx [outer, n, inner] = dy * scale (x - mean) / y + beta * dx. Where y = 0, it takes 0 for
// the derivative.
func DeviationBackward[T Float](dx []T, beta T, scale float64, dy, y, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		s := 0.0
		if y[k] != 0 {
			s = scale * float64(dy[k]) / float64(y[k])
		}
		distancesBackward(dx, beta, s, x, from, n, inner)
	}
}

// squaredDistances goes over the n elements twice: sums of squares would cancel where the mean is large.
func squaredDistances[T Float](x []T, from, n, step int) float64 {
	mean := lineMean(x, from, n, step)
	var s float64
	for j := from; j < from+n*step; j += step {
		d := float64(x[j]) - mean
		s += d * d
	}
	return s
}

// distancesBackward computes dx = s * (x - mean) + beta * dx. The mean is taken again, for T may round it.
func distancesBackward[T Float](dx []T, beta T, s float64, x []T, from, n, step int) {
	mean := lineMean(x, from, n, step)
	for j := from; j < from+n*step; j += step {
		put(dx, beta, j, T(s*(float64(x[j])-mean)))
	}
}

func lineMean[T Float](x []T, from, n, step int) float64 {
	var s float64
	for j := from; j < from+n*step; j += step {
		s += float64(x[j])
	}
	return s / float64(n)
}
