package inspect

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// matrix is a tensor as a linear map: its first dimension are the rows, all others the columns, as of a convolution.
type matrix struct {
	rows, columns int
	x             []float32
}

// newMatrix reads a tensor of two and more dimensions; ok is false for others, and for those that have values that are no
// finite float32.
func newMatrix(t dtype.Tensor) (m matrix, ok bool) {
	if len(t.Shape) < 2 {
		return m, false
	}
	x, err := t.Float32s(nil, dtype.AllowInf)
	if err != nil || slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 }) {
		return m, false
	}
	return matrix{t.Shape[0], len(x) / t.Shape[0], x}, true
}

func (m matrix) row(i int) []float32 { return m.x[i*m.columns : (i+1)*m.columns] }

// outlier is the largest absolute value of a row over the median of all rows' largest, NaN when that median is 0.
func (m matrix) outlier() float64 {
	largest := make([]float64, m.rows)
	for i := range largest {
		for _, v := range m.row(i) {
			largest[i] = max(largest[i], math.Abs(float64(v)))
		}
	}
	slices.Sort(largest)
	middle := largest[m.rows/2]
	if m.rows%2 == 0 {
		middle = (middle + largest[m.rows/2-1]) / 2
	}
	if middle == 0 {
		return math.NaN()
	}
	return largest[m.rows-1] / middle
}

// The power iteration ends when an iteration adds less than this part to the norm, or after so many.
const (
	smallGain      = 1e-6
	mostIterations = 100
)

// spectralNorm is the largest singular value, by power iteration on the transpose times the matrix (Golub and Van Loan,
// Matrix Computations, section 8.2.1). It comes from below, and starts the same way always. The only error is that of ctx.
func (m matrix) spectralNorm(ctx context.Context) (float64, error) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float64, m.columns)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	scale(v, 1/length2(v))
	norm := 0.0
	for range mostIterations {
		next := make([]float64, m.columns)
		for i := range m.rows {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			row, dot := m.row(i), 0.0
			for j, x := range row {
				dot += float64(float64(x) * v[j]) // rounded, so that no processor fuses it with the sum
			}
			for j, x := range row {
				next[j] += float64(dot * float64(x))
			}
		}
		square := length2(next)
		before := norm
		if norm = math.Sqrt(square); norm-before <= smallGain*norm {
			break
		}
		scale(next, 1/square)
		v = next
	}
	return norm, nil
}

// length2 is the Euclidean length.
func length2(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}
