package tensorboard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

func TestLimitsAreThoseOfTensorFlow(t *testing.T) {
	t.Parallel()
	s := classic()
	var positive []float64
	for v := 1.0e-12; v < 1.0e20; v *= 1.1 {
		positive = append(positive, v)
	}
	positive = append(positive, math.MaxFloat64)
	want := []float64{0}
	for _, v := range positive {
		want = append(want, v, -v)
	}
	slices.Sort(want)
	assert.Equal(t, want, s.limits[:])
	for _, limit := range s.limits {
		if limit != 0 {
			assert.NotEqual(t, limit, float64(float32(limit)), "a float32 on an edge")
		}
	}
}

func TestCellHasAtMostTwoBuckets(t *testing.T) {
	t.Parallel()
	for cell := range uint32(numCells) {
		a, b := math.Float32frombits(cell<<cellShift), math.Float32frombits(cell<<cellShift|inCell)
		if least, most := float64(min(a, b)), float64(max(a, b)); !math.IsInf(least, 0) && !math.IsInf(most, 0) && !math.IsNaN(least) {
			assert.LessOrEqual(t, upperBound(most)-upperBound(least), 1, "from %g to %g", least, most)
		}
	}
}

// upperBound finds a bucket as histogram.cc does.
func upperBound(v float64) int {
	limits := classic().limits[:]
	return sort.Search(len(limits), func(i int) bool { return limits[i] > v })
}

// edges are the float32s around every limit, and the ends of their range.
func edges() []float32 {
	values := []float32{0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32}
	for _, limit := range classic().limits[1 : numBuckets-1] {
		v := float32(limit)
		values = append(values, math.Nextafter32(v, float32(math.Inf(-1))), v, math.Nextafter32(v, float32(math.Inf(1))))
	}
	return values
}

func TestBucketIsTheUpperBound(t *testing.T) {
	t.Parallel()
	s := classic()
	for _, v := range edges() {
		require.Equal(t, upperBound(float64(v)), s.bucket(v), "%g", v)
	}
	step := uint64(4099) // a prime, for all kinds of last bits
	if testmode.Long() {
		step = 257
	}
	for bits := uint64(0); bits < 0x7f800000; bits += step {
		v := math.Float32frombits(uint32(bits))
		if s.bucket(v) != upperBound(float64(v)) || s.bucket(-v) != upperBound(float64(-v)) {
			require.Fail(t, "wrong bucket", "%g", v)
		}
	}
}

func TestHistogramCountsEveryFiniteValueOnce(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	r := rand.New(rand.NewPCG(1, 2))
	many := make([]float32, 5000)
	for i := range many {
		many[i] = float32(r.NormFloat64() * math.Exp(10*r.NormFloat64()))
	}
	for _, values := range [][]float32{nil, {0}, {nan, inf, -inf}, {nan, 2, inf, -3, -inf}, {math.MaxFloat32}, {-math.MaxFloat32}, edges(), many} {
		t.Run(fmt.Sprint(len(values)), func(t *testing.T) {
			t.Parallel()
			checkHistogram(t, values)
		})
	}
}

// checkHistogram compares a histogram with one that is made in the plainest way.
func checkHistogram(t *testing.T, values []float32) {
	t.Helper()
	var finite []float64
	want := Histogram{}
	counts := make([]float64, numBuckets)
	for _, v := range values {
		if v := float64(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
			want.Sum += v
			want.SumSquares += v * v
			counts[upperBound(v)]++
		}
	}
	want.Num = float64(len(finite))
	if len(finite) > 0 {
		want.Min, want.Max = slices.Min(finite), slices.Max(finite)
	}
	got := *new(counter).count(values)
	limits, buckets := got.Limits, got.Counts
	got.Limits, got.Counts = nil, nil
	require.Equal(t, want, got)

	require.Len(t, buckets, len(limits))
	require.IsIncreasing(t, append([]float64{math.Inf(-1)}, limits...))
	require.Equal(t, math.MaxFloat64, limits[len(limits)-1])
	seen := map[float64]float64{} // by right edge
	for i, n := range buckets {
		seen[limits[i]] = n
		if i > 0 {
			require.True(t, n > 0 || buckets[i-1] > 0, "two empty buckets side by side")
		}
		if n > 0 && i > 0 { // the left edge must be there too
			at := slices.Index(classic().limits[:], limits[i])
			require.Equal(t, classic().limits[at-1], limits[i-1])
		}
	}
	for i, n := range counts {
		require.Equal(t, n, seen[classic().limits[i]], "bucket up to %g", classic().limits[i])
	}
}

func TestCounterForgetsWhatItCountedBefore(t *testing.T) {
	t.Parallel()
	c := new(counter)
	c.count(edges())
	got := *c.count([]float32{1})
	assert.Equal(t, *new(counter).count([]float32{1}), got)
}

func BenchmarkHistogram(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, 1<<20)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	c := new(counter)
	b.SetBytes(int64(4 * len(values)))
	for b.Loop() {
		c.count(values)
	}
}
