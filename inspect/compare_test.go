package inspect

import (
	"context"
	"encoding/binary"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

func opened(t testing.TB, path string) *Source {
	t.Helper()
	f, err := Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func compared(t testing.TB, a, b string, tolerance Tolerance, patterns ...string) *Comparison {
	t.Helper()
	c, err := Compare(context.Background(), opened(t, a), opened(t, b), tolerance, patterns...)
	require.NoError(t, err)
	return c
}

func TestCompareFindsEveryKindOfDifference(t *testing.T) {
	t.Parallel()
	half, err := dtype.FromFloat32s("h.0.recast", []int{2}, []float32{1, 2}, dtype.BF16)
	require.NoError(t, err)
	a := save(t, nil, f32(t, "same", 4), f32(t, "gone", 1), f32(t, "h.0.shape", 2, 3), f32(t, "h.0.recast", 2), f32(t, "h.1.w", 3))
	b := save(t, nil, f32(t, "same", 4), f32(t, "new", 1), f32(t, "h.0.shape", 3, 2), half, f32Of(t, "h.1.w", []float32{1, 2, 4}, 3))
	c := compared(t, a, b, Tolerance{})
	assert.False(t, c.Equal())
	assert.Equal(t, 1, c.Same)
	status := map[string]Status{}
	for _, d := range c.Tensors {
		status[d.Name] = d.Status
	}
	assert.Equal(t, map[string]Status{"gone": Removed, "new": Added, "h.0.shape": Reshaped, "h.0.recast": Recast, "h.1.w": Changed}, status)
	one := Number(1)
	assert.Equal(t, []ModuleChange{{"gone", 1, nil}, {"h.0", 1, nil}, {"h.1", 1, &one}, {"new", 1, nil}}, c.Modules)
	assert.Equal(t, "new", c.Tensors[4].Name, "what only B has comes last")

	only := compared(t, a, b, Tolerance{}, "h.1.*")
	require.Len(t, only.Tensors, 1)
	gap := only.Tensors[0].Values
	assert.Equal(t, Gap{Differ: 1, Values: 3, MaxAbs: 1, MaxRel: 0.25, MaxULP: gap.MaxULP, Cosine: gap.Cosine}, *gap)
	assert.EqualValues(t, 1<<22, *gap.MaxULP)
	assert.InEpsilon(t, 17/math.Sqrt(14*21), float64(gap.Cosine), 1e-12)

	assert.True(t, compared(t, a, b, Tolerance{}, "same", "h.0.recast").Equal(), "formats may differ")
	assert.False(t, compared(t, a, b, Tolerance{}, "new").Equal(), "a pattern may fit one file alone")
	_, err = Compare(context.Background(), opened(t, a), opened(t, b), Tolerance{}, "x*")
	assert.ErrorContains(t, err, "no tensor")
}

func TestToleranceIsThatOfAllclose(t *testing.T) {
	t.Parallel()
	a, b := save(t, nil, f32Of(t, "x", []float32{1, -4}, 2)), save(t, nil, f32Of(t, "x", []float32{1.5, -5}, 2))
	for _, c := range []struct {
		tolerance Tolerance
		differ    int
	}{{Tolerance{}, 2}, {Tolerance{Abs: 0.5}, 1}, {Tolerance{Abs: 1}, 0}, {Tolerance{Rel: 0.2}, 1}, {Tolerance{Rel: 0.34}, 0}, {Tolerance{0.25, 0.17}, 0}} {
		got := compared(t, a, b, c.tolerance)
		assert.Equal(t, c.differ == 0, got.Equal(), c.tolerance)
		if c.differ > 0 {
			assert.Equal(t, c.differ, got.Tensors[0].Values.Differ, c.tolerance)
		}
	}
}

func TestStepsAreThoseOfTheCoarserFormat(t *testing.T) {
	t.Parallel()
	of := func(d dtype.DType, v ...float32) string {
		tensor, err := dtype.FromFloat32s("x", []int{len(v)}, v, d)
		require.NoError(t, err)
		return save(t, nil, tensor)
	}
	for _, c := range []struct {
		a, b string
		want uint64
	}{
		{of(dtype.BF16, 1), of(dtype.BF16, 1.0078125), 1},
		{of(dtype.F32, 1), of(dtype.F32, math.Nextafter32(1, 2)), 1},
		{of(dtype.F32, -math.SmallestNonzeroFloat32), of(dtype.F32, 2*math.SmallestNonzeroFloat32), 3},
		{of(dtype.F16, 1), of(dtype.F32, 1.0009765625), 1},
		{of(dtype.F64, 1), of(dtype.F32, math.Nextafter32(1, 0)), 1},
	} {
		assert.Equal(t, c.want, *compared(t, c.a, c.b, Tolerance{}).Tensors[0].Values.MaxULP)
	}
	whole := of(dtype.I32, 3)
	for _, other := range []string{of(dtype.I32, 4), of(dtype.F32, 4)} {
		gap := compared(t, whole, other, Tolerance{}).Tensors[0].Values
		assert.Nil(t, gap.MaxULP, "integers have no steps of floats")
		assert.Equal(t, Number(1), gap.MaxAbs)
	}
}

// words is a tensor of 64-bit elements with these bits.
func words(d dtype.DType, bits ...uint64) dtype.Tensor {
	x := dtype.Tensor{Name: "x", DType: d, Shape: []int{len(bits)}}
	for _, b := range bits {
		x.Data = binary.LittleEndian.AppendUint64(x.Data, b)
	}
	return x
}

func TestIntegersBeyondFloat64AreComparedExactly(t *testing.T) {
	t.Parallel()
	of := func(d dtype.DType, bits uint64) string { return save(t, nil, words(d, bits)) }
	minus := func(x uint64) uint64 { return -x }
	for _, c := range []struct {
		a, b string
		abs  Number // 0: they are the same
	}{
		{of(dtype.I64, 1<<53), of(dtype.I64, 1<<53+1), 1},
		{of(dtype.I64, minus(1<<53)), of(dtype.I64, minus(1<<53+1)), 1},
		{of(dtype.I64, math.MaxInt64), of(dtype.I64, math.MaxInt64-3), 3},
		{of(dtype.I64, 1<<63), of(dtype.I64, 1<<63+5), 5},
		{of(dtype.U64, math.MaxUint64), of(dtype.U64, math.MaxUint64-1), 1},
		{of(dtype.I64, math.MaxInt64), of(dtype.U64, 1<<63), 1},
		{of(dtype.I64, 1<<53+1), of(dtype.U64, 1<<53+1), 0},
		{of(dtype.F64, math.Float64bits(1<<53)), of(dtype.I64, 1<<53+1), 1},
		{of(dtype.F64, math.Float64bits(1<<53)), of(dtype.I64, 1<<53), 0},
		{of(dtype.I64, minus(7)), of(dtype.U64, 7), 14},
	} {
		got := compared(t, c.a, c.b, Tolerance{})
		assert.Equal(t, c.abs == 0, got.Equal(), c.abs)
		if gap := got.Tensors[0].Values; assert.NotNil(t, gap) {
			assert.Equal(t, c.abs, gap.MaxAbs)
		}
		assert.True(t, compared(t, c.a, c.b, Tolerance{Abs: float64(c.abs)}).Equal())
	}
}

func TestWhatIsNoNumberIsCompared(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	a := save(t, nil, f32Of(t, "x", []float32{nan, inf, -inf, 0}, 4))
	assert.True(t, compared(t, a, save(t, nil, f32Of(t, "x", []float32{-nan, inf, -inf, float32(math.Copysign(0, -1))}, 4)), Tolerance{}).Equal())
	for _, x := range [][]float32{{1, inf, -inf, 0}, {nan, 1, -inf, 0}, {nan, inf, inf, 0}, {nan, inf, -inf, nan}} {
		c := compared(t, a, save(t, nil, f32Of(t, "x", x, 4)), Tolerance{1e30, 1e30})
		require.False(t, c.Equal(), x)
		assert.Equal(t, 1, c.Tensors[0].Values.Differ, x)
		var b strings.Builder
		require.NoError(t, c.WriteJSON(&b))
		assert.Contains(t, b.String(), `"max_abs":null`)
	}
	complex := func(last byte) string {
		return save(t, nil, dtype.Tensor{Name: "x", DType: dtype.C64, Shape: []int{1}, Data: []byte{0, 0, 0, 0, 0, 0, 0, last}})
	}
	assert.True(t, compared(t, complex(1), complex(1), Tolerance{}).Equal())
	assert.False(t, compared(t, complex(1), complex(2), Tolerance{}).Equal())
}

func TestAllFormatsCompareWithEachOther(t *testing.T) {
	t.Parallel()
	w := f32(t, "w", 3, 3*pairs/2)
	a := save(t, nil, w)
	for _, to := range serialize.Formats() {
		if to.Format == serialize.NPY { // its tensor has no name
			continue
		}
		c := compared(t, a, saveAs(t, to.Format, nil, w), Tolerance{})
		assert.True(t, c.Equal(), to.Format)
		assert.Empty(t, c.Tensors, to.Format)
	}
	path := filepath.Join(t.TempDir(), "model.gguf")
	require.NoError(t, gguf.Save(path, nil, []dtype.Tensor{f32(t, "w.weight", 2, 3*pairs/2)}, gguf.Pure(ggml.Q8_0)))
	c := compared(t, save(t, nil, f32(t, "w.weight", 2, 3*pairs/2)), path, Tolerance{Abs: 200})
	assert.True(t, c.Equal())
	assert.InDelta(t, 1, float64(c.Tensors[0].Values.Cosine), 1e-4)
	assert.Equal(t, []string{"F32", "Q8_0"}, c.Tensors[0].DTypes)
}

func TestTextOfAComparison(t *testing.T) {
	t.Parallel()
	a := save(t, nil, f32(t, "same", 4), f32(t, "gone\x1b", 1), f32(t, "h.1.w", 3))
	b := save(t, nil, f32(t, "same", 4), f32Of(t, "h.1.w", []float32{1, 2, 4}, 3))
	c := compared(t, a, b, Tolerance{})
	c.A, c.B = "a", "b\a"
	var text strings.Builder
	require.NoError(t, c.WriteText(&text, Layout{Width: 120}))
	assert.Equal(t, `a and b\a: 1 tensor the same, 1 changed, 1 removed

tensor             dtype  shape  differ  max abs  max rel      ulp       cosine
gone\x1b  removed  F32    [1]         -        -        -        -            -
h.1.w     changed  F32    [3]         1        1     0.25  4194304  0.991460134

module    tensors  max abs
gone\x1b        1        -
h.1             1        1
`, text.String())
	requireHarmless(t, text.String())
	a, b = save(t, nil, f32Of(t, "x", []float32{float32(math.NaN())}, 1)), save(t, nil, f32(t, "x", 1))
	text.Reset()
	require.NoError(t, compared(t, a, b, Tolerance{}).WriteText(&text, Layout{Width: 120}))
	assert.Regexp(t, `x +changed +F32 +\[1\] +1 +- +- +\d+ +-\n`, text.String(), "what is NaN is a dash, in all columns")
	var same strings.Builder
	require.NoError(t, compared(t, a, a, Tolerance{}).WriteText(&same, Layout{Width: 80}))
	assert.Equal(t, 1, strings.Count(same.String(), "\n"))
}

func TestCompareStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := opened(t, save(t, nil, f32(t, "x", 1)))
	_, err := Compare(ctx, a, a, Tolerance{})
	assert.ErrorIs(t, err, context.Canceled)
}
