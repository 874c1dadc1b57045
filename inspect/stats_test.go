package inspect

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/dtype"
)

// raw makes a tensor of one dimension from numbers as they stand in a file.
func raw(t *testing.T, d dtype.DType, values any) dtype.Tensor {
	t.Helper()
	data, err := binary.Append(nil, binary.LittleEndian, values)
	require.NoError(t, err)
	tensor := dtype.Tensor{Name: "x", DType: d, Shape: []int{len(data) * 8 / d.Bits()}, Data: data}
	require.NoError(t, tensor.Check())
	return tensor
}

func statsOf(t *testing.T, tensor dtype.Tensor) *Stats {
	t.Helper()
	s, err := newStats(context.Background(), tensor)
	require.NoError(t, err)
	return s
}

func TestStatsAgreeWithGonum(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		for _, offset := range []float64{0, 1e6, -1e9} {
			x := make([]float64, n)
			for i := range x {
				x[i] = offset + r.NormFloat64()
			}
			s := statsOf(t, raw(t, dtype.F64, x))
			mean, std := stat.PopMeanStdDev(x, nil)
			assert.Equal(t, n, s.Finite)
			assert.Equal(t, slices.Min(x), float64(s.Min))
			assert.Equal(t, slices.Max(x), float64(s.Max))
			assert.InDelta(t, mean, float64(s.Mean), 1e-12*math.Max(1, math.Abs(mean)), "n %d offset %g", n, offset)
			assert.InDelta(t, std, float64(s.Std), 1e-9*math.Max(1, std), "n %d offset %g", n, offset)
			if n > 1 {
				assert.Equal(t, binsByGonum(x), s.Histogram, "n %d offset %g", n, offset)
			}
		}
	}
}

// binsByGonum counts with gonum, whose last bin excludes its upper end.
func binsByGonum(x []float64) (counts [Bins]int) {
	x = slices.Sorted(slices.Values(x))
	lo, hi := x[0], x[len(x)-1]
	dividers := make([]float64, Bins+1)
	for i := range dividers {
		dividers[i] = lo + (hi-lo)*float64(i)/Bins
	}
	dividers[0], dividers[Bins] = lo, math.Nextafter(hi, math.Inf(1))
	for i, n := range stat.Histogram(nil, dividers, x, nil) {
		counts[i] = int(n)
	}
	return counts
}

func TestStatsReadEveryReadableDType(t *testing.T) {
	t.Parallel()
	half := func(d dtype.DType) dtype.Tensor {
		tensor, err := dtype.FromFloat32s("x", []int{4}, []float32{-2, 0.5, 1, 4}, d)
		require.NoError(t, err)
		return tensor
	}
	for _, c := range []struct {
		tensor              dtype.Tensor
		min, max, mean, std float64
	}{
		{half(dtype.F16), -2, 4, 0.875, math.Sqrt(4.546875)},
		{half(dtype.BF16), -2, 4, 0.875, math.Sqrt(4.546875)},
		{half(dtype.F8E4M3), -2, 4, 0.875, math.Sqrt(4.546875)},
		{half(dtype.F8E5M2), -2, 4, 0.875, math.Sqrt(4.546875)},
		{half(dtype.F32), -2, 4, 0.875, math.Sqrt(4.546875)},
		{raw(t, dtype.F64, []float64{-1, 3}), -1, 3, 1, 2},
		{raw(t, dtype.Bool, []uint8{0, 1, 1, 2}), 0, 1, 0.75, math.Sqrt(0.1875)},
		{raw(t, dtype.U8, []uint8{0, 255}), 0, 255, 127.5, 127.5},
		{raw(t, dtype.I8, []int8{-128, 127}), -128, 127, -0.5, 127.5},
		{raw(t, dtype.U16, []uint16{0, 65535}), 0, 65535, 32767.5, 32767.5},
		{raw(t, dtype.I16, []int16{-32768, 32767}), -32768, 32767, -0.5, 32767.5},
		{raw(t, dtype.U32, []uint32{0, math.MaxUint32}), 0, math.MaxUint32, math.MaxUint32 / 2.0, math.MaxUint32 / 2.0},
		{raw(t, dtype.I32, []int32{math.MinInt32, math.MaxInt32}), math.MinInt32, math.MaxInt32, -0.5, math.MaxUint32 / 2.0},
		{raw(t, dtype.U64, []uint64{0, math.MaxUint64}), 0, 0x1p64, 0x1p63, 0x1p63},
		{raw(t, dtype.I64, []int64{math.MinInt64, math.MaxInt64}), -0x1p63, 0x1p63, 0, 0x1p63},
	} {
		s := statsOf(t, c.tensor)
		require.NotNil(t, s, "%v", c.tensor.DType)
		assert.Equal(t, c.min, float64(s.Min), "%v", c.tensor.DType)
		assert.Equal(t, c.max, float64(s.Max), "%v", c.tensor.DType)
		assert.InEpsilon(t, c.mean+1, float64(s.Mean)+1, 1e-15, "%v", c.tensor.DType)
		assert.InEpsilon(t, c.std, float64(s.Std), 1e-15, "%v", c.tensor.DType)
	}
}

func TestStatsAreAbsentWhereTheyMeanNothing(t *testing.T) {
	t.Parallel()
	for _, d := range dtype.All() {
		tensor := dtype.Tensor{Name: "x", DType: d, Shape: []int{8}, Data: make([]byte, d.Bits())}
		require.NoError(t, tensor.Check())
		assert.Equal(t, d.Castable(), statsOf(t, tensor) != nil, "%v", d)
		tensor.Shape, tensor.Data = []int{0}, nil
		assert.Nil(t, statsOf(t, tensor), "%v without values", d)
	}
}

func TestStatsCountNonFiniteValuesAndLeaveThemOut(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	s := statsOf(t, raw(t, dtype.F64, []float64{nan, 1, inf, -inf, 3, nan, inf, inf, -nan}))
	s.Outlier, s.Spectral = 0, 0 // NaN, which equals nothing
	assert.Equal(t, Stats{
		Finite: 2, NaN: 3, PosInf: 3, NegInf: 1, Min: 1, Max: 3, Mean: 2, Std: 1,
		Percentiles: Percentiles{1, 1, 1, 1, 3, 3, 3}, Histogram: [Bins]int{0: 1, Bins - 1: 1},
	}, *s)

	s = statsOf(t, raw(t, dtype.F64, []float64{nan, inf, -inf}))
	assert.Zero(t, s.Finite)
	for _, v := range []Number{s.Min, s.Max, s.Mean, s.Std, s.Percentiles.P50} {
		assert.True(t, math.IsNaN(float64(v)))
	}
	assert.Equal(t, [Bins]int{}, s.Histogram)
}

// A chunk without any finite value between others must not spoil the moments.
func TestStatsSkipChunksWithoutFiniteValues(t *testing.T) {
	t.Parallel()
	x := slices.Repeat([]float64{math.NaN()}, 3*chunk)
	x[0], x[len(x)-1] = 2, 4
	s := statsOf(t, raw(t, dtype.F64, x))
	assert.Equal(t, 2, s.Finite)
	assert.Equal(t, Number(3), s.Mean)
	assert.Equal(t, Number(1), s.Std)
}

func TestStatsNeitherOverflowNorVanish(t *testing.T) {
	t.Parallel()
	const tiny = math.SmallestNonzeroFloat64
	for _, c := range []struct {
		x         []float64
		mean, std float64
	}{
		{[]float64{math.MaxFloat64, -math.MaxFloat64}, 0, math.MaxFloat64},
		{[]float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64, 0},
		{[]float64{1e-200, -1e-200}, 0, 1e-200},
		{[]float64{tiny, 3 * tiny}, 2 * tiny, tiny},
		{[]float64{0, 0}, 0, 0},
		{[]float64{0.1, 0.1, 0.1}, 0.1, 0},
	} {
		s := statsOf(t, raw(t, dtype.F64, c.x))
		assert.Equal(t, c.mean, float64(s.Mean), "%g", c.x)
		assert.InDelta(t, c.std, float64(s.Std), 1e-15*c.std, "%g", c.x)
		sum := 0
		for _, n := range s.Histogram {
			sum += n
		}
		assert.Equal(t, len(c.x), sum, "%g", c.x)
	}
}

func TestHistogramOfEqualValuesIsOneBarInTheMiddle(t *testing.T) {
	t.Parallel()
	s := statsOf(t, raw(t, dtype.F64, []float64{7, 7, 7}))
	assert.Equal(t, [Bins]int{Bins / 2: 3}, s.Histogram)
}

func TestStatsStopWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := newStats(ctx, raw(t, dtype.F64, []float64{1}))
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkStats(b *testing.B) {
	values := make([]float32, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	tensor, err := dtype.FromFloat32s("x", []int{len(values)}, values, dtype.F32)
	require.NoError(b, err)
	b.SetBytes(int64(len(tensor.Data)))
	for b.Loop() {
		if _, err := newStats(context.Background(), tensor); err != nil {
			b.Fatal(err)
		}
	}
}
