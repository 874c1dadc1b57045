package simd

import "math"

// lineStart returns where the k-th line of x [outer, n, inner] along its middle axis starts. Its n elements stand inner
// apart.
func lineStart(k, n, inner int) int { return k/inner*n*inner + k%inner }

// peak returns the largest of sign * x[from], x[from+step], ... below end, and where it stands first.
// NaN is larger than everything. The largest of nothing is -Inf.
func peak[T Float](x []T, sign T, from, end, step int) (top T, at int) {
	top, at = T(math.Inf(-1)), from
	for j := from; j < end; j += step {
		v := sign * x[j]
		if v <= top {
			continue
		}
		top, at = v, j
		if v != v {
			break
		}
	}
	return top, at
}
