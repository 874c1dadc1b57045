package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
)

func TestDenseThereAndBackKeepsEveryFloat32(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, -0.1, math.MaxFloat32, math.SmallestNonzeroFloat32, 0, 1 << 24}, 3, 2)
	m := ToDense(x)
	rows, cols := m.Dims()
	assert.Equal(t, [2]int{3, 2}, [2]int{rows, cols})
	assert.Equal(t, float64(float32(-0.1)), m.At(0, 1))
	assert.Equal(t, x, FromDense(m))
}

func TestFromDenseFollowsTheStrideOfASlice(t *testing.T) {
	t.Parallel()
	m := mat.NewDense(3, 4, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	part := m.Slice(1, 3, 1, 3).(*mat.Dense)
	assert.Equal(t, autograd.From([]float32{5, 6, 9, 10}, 2, 2), FromDense(part))
}

func TestFromDenseRoundsToNearest(t *testing.T) {
	t.Parallel()
	x := FromDense(mat.NewDense(1, 3, []float64{1 + 1e-9, 1e39, -1e39}))
	assert.Equal(t, []float32{1, float32(math.Inf(1)), float32(math.Inf(-1))}, x.Data())
}

func TestConversionsCopy(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 2}, 1, 2)
	m := ToDense(x)
	m.Set(0, 0, 9)
	FromDense(m).Data()[1] = 9
	assert.Equal(t, []float32{1, 2}, x.Data())
	assert.Equal(t, 2.0, m.At(0, 1))
}

func TestToDenseJoinsAllAxesAfterTheFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ shape, want []int }{
		{nil, []int{1, 1}},
		{[]int{5}, []int{5, 1}},
		{[]int{2, 3}, []int{2, 3}},
		{[]int{2, 3, 4}, []int{2, 12}},
		{[]int{0, 3}, []int{0, 0}},
		{[]int{3, 0}, []int{0, 0}},
	} {
		n := 1
		for _, d := range c.shape {
			n *= d
		}
		rows, cols := ToDense(autograd.From(make([]float32, n), c.shape...)).Dims()
		assert.Equal(t, c.want, []int{rows, cols}, "shape %v", c.shape)
	}
}

func TestNewFromDenseMakesAValidSet(t *testing.T) {
	t.Parallel()
	m, y := mat.NewDense(2, 2, []float64{1, 2, 3, 4}), []int{1, 0}
	s, err := NewFromDense("mine", m, y, []string{"no", "yes"})
	require.NoError(t, err)
	assert.Equal(t, []int{2, 2}, s.X.Shape())
	assert.Equal(t, []float32{1, 2, 3, 4}, s.X.Data())
	assert.Equal(t, autograd.LabelsOf([]int32{1, 0}), s.Y)
	m.Set(0, 0, 9)
	y[0] = 5
	require.NoError(t, s.Validate())
	assert.Equal(t, float32(1), s.X.Data()[0])
}

func TestNewFromDenseSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	m := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	two := []string{"no", "yes"}
	for _, c := range []struct {
		m    *mat.Dense
		y    []int
		want string
	}{
		{m, []int{0}, `data set "mine": 2 rows in X but 1 labels: there must be as many`},
		{m, []int{0, 2}, `data set "mine": row 1 has label 2, but there are 2 classes, 0 to 1: correct the label or name more classes`},
		{m, []int{0, 1 << 32}, `data set "mine": row 1 has label 4294967296: labels count the classes from 0`},
		{m, []int{math.MinInt, 0}, `data set "mine": row 0 has label -9223372036854775808: labels count the classes from 0`},
		{mat.NewDense(2, 1, []float64{1, 1e300}), []int{0, 1}, `data set "mine": X is +Inf at row 1, column 0: correct the value or leave the row out`},
		{&mat.Dense{}, nil, `data set "mine": no samples in X: give at least one row`},
	} {
		s, err := NewFromDense("mine", c.m, c.y, two)
		require.EqualError(t, err, c.want)
		assert.Nil(t, s)
	}
}

func TestNewFromFloatsWrapsWithoutCopying(t *testing.T) {
	t.Parallel()
	x, y := []float32{1, 2, 3, 4, 5, 6}, []int32{0, 1, 1}
	s, err := NewFromFloats("mine", x, 3, 2, y, []string{"no", "yes"})
	require.NoError(t, err)
	assert.Same(t, &x[0], &s.X.Data()[0])
	assert.Same(t, &y[0], &s.Y.Data[0])
}

func TestNewFromFloatsRefusesCountsThatDoNotFit(t *testing.T) {
	t.Parallel()
	x := []float32{1, 2, 3, 4, 5, 6}
	for _, c := range [][2]int{{3, 3}, {2, 2}, {0, 6}, {6, 0}, {-3, -2}, {math.MaxInt, 2}, {4, 1}} {
		_, err := NewFromFloats("mine", x, c[0], c[1], []int32{0, 0, 0}, []string{"one"})
		require.ErrorContains(t, err, `data set "mine": 6 values in x for `)
	}
	_, err := NewFromFloats("mine", nil, 1<<62, 4, nil, []string{"one"})
	require.ErrorContains(t, err, "0 values in x", "a product that overflows to 0")
}
