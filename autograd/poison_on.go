//go:build heftpoison

package autograd

import "math"

// poisonRecycled fills memory that serves again with NaN, so that a read of what a kept slice used to hold, or an op
// that does not overwrite all of its result, shows. For tests: go test -tags heftpoison ./...
func poisonRecycled[T Float](data []T) {
	for i := range data {
		data[i] = T(math.NaN())
	}
}
