package simd

import (
	"iter"
	"math"
)

// lines visits the lines of x [outer, n, inner] along its middle axis: a running number, and where in x the line
// starts. Its n elements stand inner apart.
func lines(outer, n, inner int) iter.Seq2[int, int] {
	return func(yield func(k, from int) bool) {
		for o := range outer {
			for i := range inner {
				if !yield(o*inner+i, o*n*inner+i) {
					return
				}
			}
		}
	}
}

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
