package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/lab"
)

func TestMedianIsTheMiddleOrTheMeanOfTheFiniteTwoInTheMiddle(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		values      []float64
		mid, lo, hi float64
	}{
		{[]float64{3}, 3, 3, 3},
		{[]float64{3, 1, 2}, 2, 1, 3},
		{[]float64{4, 1, 2, 8}, 3, 1, 8},
		{[]float64{1, nan, 2}, 2, 1, nan},
		{[]float64{1, inf, inf, inf}, inf, 1, inf},
		{[]float64{1, 2, 5, inf}, 3.5, 1, inf},
		{[]float64{1, 2, nan, nan}, 2, 1, nan},
		{[]float64{1, nan, nan, nan}, nan, 1, nan},
		{[]float64{40, inf}, 40, 40, inf},
		{[]float64{nan, 0.5}, 0.5, 0.5, nan},
		{[]float64{-inf, inf, 1}, 1, -inf, inf},
		{[]float64{math.MaxFloat64, math.MaxFloat64 / 2}, 0.75 * math.MaxFloat64, math.MaxFloat64 / 2, math.MaxFloat64},
	} {
		mid, lo, hi := lab.MedianRange(c.values)
		assert.True(t, same(c.mid, mid) && same(c.lo, lo) && same(c.hi, hi), "%v: %v, %v, %v", c.values, mid, lo, hi)
		assert.True(t, same(c.mid, lab.Median(c.values)))
	}
	assert.True(t, math.IsNaN(lab.Median(nil)))
	values := []float64{3, 1, 2}
	lab.Median(values)
	assert.Equal(t, []float64{3, 1, 2}, values, "the numbers stay where they are")
}

// same tells whether two numbers are one, NaN included.
func same(a, b float64) bool { return a == b || a != a && b != b }

// Of as many networks that overflowed as did not, loss and accuracy are those of the same ones.
func TestMedianAccuracyIsOfTheNetworksThatTheMedianLossIsOf(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		shares      []float64
		mid, lo, hi float64
	}{
		{[]float64{0.9}, 0.9, 0.9, 0.9},
		{[]float64{0.5, 1, 0.75}, 0.75, 0.5, 1},
		{[]float64{0.5, 1}, 0.75, 0.5, 1},
		{[]float64{0, 0}, 0, 0, 0},
		{[]float64{nan, 0.9}, 0.9, 0, 0.9},
		{[]float64{nan, 0.9, 0.8, nan}, 0.8, 0, 0.9},
		{[]float64{nan, 0.9, nan}, 0, 0, 0.9},
		{[]float64{nan}, 0, 0, 0},
	} {
		mid, lo, hi := lab.MedianAccuracy(c.shares)
		assert.Equal(t, []float64{c.mid, c.lo, c.hi}, []float64{mid, lo, hi}, c.shares)
		assert.False(t, math.Signbit(mid), c.shares)
	}
	mid, _, _ := lab.MedianAccuracy(nil)
	assert.True(t, math.IsNaN(mid))
}
