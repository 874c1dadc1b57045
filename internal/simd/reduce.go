package simd

// Sum returns the sum of x, carried in float64.
func Sum[T Float](x []T) float64 {
	var s float64
	for _, v := range x {
		s += float64(v)
	}
	return s
}

// SumSquares returns the sum of squares of x, carried in float64.
func SumSquares[T Float](x []T) float64 {
	var s float64
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return s
}

// SumAxis sums x [outer, n, inner] over its middle axis, scaled: dst [outer, inner] = s * sum.
func SumAxis[T Float](dst []T, s float64, x []T, outer, n, inner int) {
	for o := range outer {
		for i := range inner {
			var sum float64
			for j := o*n*inner + i; j < (o+1)*n*inner; j += inner {
				sum += float64(x[j])
			}
			dst[o*inner+i] = T(s * sum)
		}
	}
}

// SumAxisBackward spreads dy [outer, inner], scaled, over the middle axis of dx [outer, n, inner].
func SumAxisBackward[T Float](dx []T, beta T, s T, dy []T, outer, n, inner int) {
	for o := range outer {
		if inner == 1 {
			d := s * dy[o]
			for j := o * n; j < (o+1)*n; j++ {
				put(dx, beta, j, d)
			}
			continue
		}
		for j := range n {
			Scale(dx[(o*n+j)*inner:(o*n+j+1)*inner], beta, s, dy[o*inner:(o+1)*inner])
		}
	}
}

// ColumnSums sums the rows of x [n, c]: dst [c] = sum + beta * dst, carried in T, row after row.
func ColumnSums[T Float](dst []T, beta T, x []T) {
	if beta == 0 {
		clear(dst)
	}
	for ; len(x) > 0 && len(dst) > 0; x = x[len(dst):] {
		Add(dst, dst, x[:len(dst)])
	}
}
