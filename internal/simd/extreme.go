package simd

import "math"

// Extreme takes the largest element (sign 1) or the smallest (sign -1) over the middle axis of x [outer, n, inner]:
// y [outer, inner]. NaN wins.
func Extreme[T Float](y []T, sign T, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		_, at := peak(x, sign, from, from+n*inner, inner)
		y[k] = x[at]
	}
}

// ExtremeBackward computes dx [outer, n, inner] = dy / ties where x = y, else 0. Where y is NaN, dx is NaN.
func ExtremeBackward[T Float](dx []T, beta T, dy, y, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		end := from + n*inner
		ties := 0
		for j := from; j < end; j += inner {
			if x[j] == y[k] {
				ties++
			}
		}
		here, elsewhere := dy[k]/T(ties), T(0)
		if ties == 0 {
			elsewhere = T(math.NaN())
		}
		for j := from; j < end; j += inner {
			d := elsewhere
			if x[j] == y[k] {
				d = here
			}
			put(dx, beta, j, d)
		}
	}
}

// ArgMax finds the largest element over the middle axis of x [outer, n, inner], the first if several are:
// at [outer, inner], from 0 to n-1. NaN is the largest.
func ArgMax[T Float](at []int32, x []T, outer, n, inner int) {
	for k, from := range lines(outer, n, inner) {
		_, j := peak(x, 1, from, from+n*inner, inner)
		at[k] = int32((j - from) / inner)
	}
}
