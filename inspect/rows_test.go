package inspect

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/dtype"
)

func TestSpectralNormAgreesWithGonum(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, shape := range [][]int{{1, 1}, {5, 3}, {3, 50}, {40, 40}, {4, 3, 2, 2}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		values, wide := make([]float32, n), make([]float64, n)
		for i := range values {
			values[i] = float32(r.NormFloat64())
			wide[i] = float64(values[i])
		}
		var svd mat.SVD
		require.True(t, svd.Factorize(mat.NewDense(shape[0], n/shape[0], wide), mat.SVDNone))
		want := svd.Values(nil)[0]
		got := float64(statsOf(t, f32Of(t, "x", values, shape...)).Spectral)
		assert.InEpsilon(t, want, got, 1e-3, shape)
		assert.LessOrEqual(t, got, want*(1+1e-12), "it comes from below")
	}
}

func TestSpectralNormNeitherOverflowsNorVanishes(t *testing.T) {
	t.Parallel()
	for _, v := range []float32{math.MaxFloat32, math.SmallestNonzeroFloat32, 1, -1} {
		s := statsOf(t, f32Of(t, "x", []float32{v, v, v, v}, 2, 2))
		assert.InEpsilon(t, 2*math.Abs(float64(v)), float64(s.Spectral), 1e-9)
	}
	s := statsOf(t, f32Of(t, "x", make([]float32, 6), 2, 3))
	assert.Equal(t, Number(0), s.Spectral)
	assert.True(t, math.IsNaN(float64(s.Outlier)), "all rows are 0")
}

func TestOutlierIsTheLargestRowOverTheMedianOne(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Number(5), statsOf(t, f32Of(t, "x", []float32{1, -2, 0, 10, 2, 2}, 3, 2)).Outlier)
	assert.Equal(t, Number(4), statsOf(t, f32Of(t, "x", []float32{1, -3, 2, 10}, 4, 1)).Outlier, "10 over 2.5")
	inf := float32(math.Inf(1))
	for _, x := range []dtype.Tensor{f32(t, "x", 4), f32(t, "x"), f32Of(t, "x", []float32{1, inf}, 2, 1)} {
		s := statsOf(t, x)
		assert.True(t, math.IsNaN(float64(s.Outlier)) && math.IsNaN(float64(s.Spectral)))
	}
}

func TestPercentilesAreThoseOfTheSortedValues(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 3, 99, 100, 101, 1000} {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Round(3*r.NormFloat64()) / 2 // many equal ones, and -0
		}
		x[0] = -1e300
		tensor := raw(t, dtype.F64, append(slices.Clone(x), math.NaN(), math.Inf(1)))
		slices.Sort(x)
		at := func(p int) Number { return Number(x[int(math.Ceil(float64(p)*float64(n)/100))-1] + 0) }
		want := [len(percents)]Number{}
		ranks := [len(percents)]int{}
		for i, p := range percents {
			want[i] = at(p)
			ranks[i] = int(math.Ceil(float64(p)*float64(n)/100)) - 1
		}
		got := statsOf(t, tensor).Percentiles
		assert.Equal(t, Percentiles{at(1), at(5), at(25), at(50), at(75), at(95), at(99)}, got, n)
		byBits, err := counted(context.Background(), tensor, ranks)
		require.NoError(t, err)
		assert.Equal(t, want, byBits, "the other way to find them, %d values", n)
	}
}

func TestPercentilesOfManyValues(t *testing.T) {
	t.Parallel()
	x := make([]float32, sortable+1000)
	for i := range x {
		x[i] = float32(len(x) - i)
	}
	n := len(x)
	assert.Equal(t, Number((n+1)/2), statsOf(t, f32Of(t, "x", x, n)).Percentiles.P50)
	assert.Equal(t, Number((n+99)/100), statsOf(t, f32Of(t, "x", x, n)).Percentiles.P1)
}

func TestFloatsAreOrderedAsTheirKeys(t *testing.T) {
	t.Parallel()
	x := []float64{-math.MaxFloat64, -1, -5e-324, 0, 5e-324, 1, math.MaxFloat64}
	for i, v := range x {
		assert.Equal(t, v, unordered(ordered(v)))
		if i > 0 {
			assert.Less(t, ordered(x[i-1]), ordered(v))
		}
	}
}
