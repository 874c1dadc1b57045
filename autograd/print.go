package autograd

import (
	"fmt"
	"strings"
)

// mostPrinted is how many values [Tensor.String] shows.
const mostPrinted = 8

// String returns the shape and the first values, row-major, as "[2 3] [1 2 3 4 5 6]". It never panics: of a tensor that may not be
// used any more it returns the shape alone.
func (x *Tensor[T]) String() string {
	if x.given || x.stale() {
		return fmt.Sprintf("%v, gone", x.shape)
	}
	n := min(len(x.data), mostPrinted)
	values := strings.Trim(fmt.Sprint(x.data[:n]), "[]")
	if n < len(x.data) {
		values += " …"
	}
	return fmt.Sprintf("%v [%s]", x.shape, values)
}
