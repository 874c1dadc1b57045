package data

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
)

// NewFromFloats returns a data set for classification over x, whose rows of features numbers follow each other.
// Nothing is copied, so x and y must not be written afterwards. Besides the errors of [New] it returns one if x has
// not n times features values.
//
// x: [n, f]   y: [n]
func NewFromFloats(name string, x []float32, n, features int, y []int32, classes []string) (*Set, error) {
	if n < 1 || features < 1 || len(x)%features != 0 || len(x)/features != n {
		return nil, fmt.Errorf("data set %q: %d values in x for %d rows of %d features: "+
			"want at least one row and one feature, and as many values as their product", name, len(x), n, features)
	}
	return New(name, autograd.From(x, n, features), autograd.LabelsOf(y), classes)
}

// NewFromDense returns a data set for classification over a copy of x and y. Values are rounded to float32; one that
// is beyond its range, 3.4e38, is an error, as are those of [New].
//
// x: [n, f]   y: [n]
func NewFromDense(name string, x *mat.Dense, y []int, classes []string) (*Set, error) {
	labels := make([]int32, len(y))
	for row, label := range y {
		if label < math.MinInt32 || label > math.MaxInt32 {
			return nil, fmt.Errorf("data set %q: row %d has label %d: labels count the classes from 0", name, row, label)
		}
		labels[row] = int32(label)
	}
	return New(name, FromDense(x), autograd.LabelsOf(labels), classes)
}

// FromDense returns a tensor with the values of m, rounded to float32. Values beyond its range become infinite.
//
// m: [n, f]   result: [n, f]
func FromDense(m *mat.Dense) *Tensor {
	raw := m.RawMatrix()
	values := make([]float32, 0, raw.Rows*raw.Cols)
	for i := range raw.Rows {
		for _, v := range raw.Data[i*raw.Stride:][:raw.Cols] {
			values = append(values, float32(v))
		}
	}
	return autograd.From(values, raw.Rows, raw.Cols)
}

// ToDense returns a matrix with the values of t: its first axis makes the rows, all others together the columns.
// A tensor of one axis makes a column, a scalar one element, and a tensor without elements the empty matrix.
//
// t: [n, ...]   result: [n, f]
func ToDense(t *Tensor) *mat.Dense {
	if t.Len() == 0 {
		return &mat.Dense{}
	}
	rows := 1
	if t.Rank() > 0 {
		rows = t.Dim(0)
	}
	values := make([]float64, t.Len())
	for i, v := range t.Data() {
		values[i] = float64(v)
	}
	return mat.NewDense(rows, t.Len()/rows, values)
}
