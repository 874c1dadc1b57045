package simd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/simd"
	_ "github.com/heft-ml/heft/internal/testmode"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func TestFillSetsEverything(t *testing.T) {
	t.Parallel()
	dst := []float32{1, nan, 3}
	simd.Fill(dst, 7)
	require.Equal(t, []float32{7, 7, 7}, dst)
}

func TestSourcesMayBeTheDestination(t *testing.T) {
	t.Parallel()
	x := []float32{1, 2, 3}
	simd.Add(x, x, x)
	require.Equal(t, []float32{2, 4, 6}, x)
	simd.Mul(x, x, x)
	require.Equal(t, []float32{4, 16, 36}, x)
	simd.Sub(x, []float32{5, 17, 37}, x)
	require.Equal(t, []float32{1, 1, 1}, x)
	simd.Div(x, x, []float32{2, 4, 8})
	require.Equal(t, []float32{0.5, 0.25, 0.125}, x)
	simd.Scale(x, 1, 3, x)
	require.Equal(t, []float32{2, 1, 0.5}, x)
	simd.Scale(x, 0, -2, x)
	require.Equal(t, []float32{-4, -2, -1}, x)
	simd.AddScalar(x, 1, x)
	require.Equal(t, []float32{-3, -1, 0}, x)
}

func TestSourcesThatAreTooShortPanic(t *testing.T) {
	t.Parallel()
	two, three := make([]float32, 2), make([]float32, 3)
	require.Panics(t, func() { simd.Add(three, three, two[:2:2]) })
	require.Panics(t, func() { simd.ReLU(three, two[:2:2]) })
}

func TestSumsAreCarriedInFloat64(t *testing.T) {
	t.Parallel()
	x := []float32{1 << 24, 1, 1, 1, 1, -(1 << 24)}
	require.Equal(t, 4.0, simd.Sum(x))
	require.Equal(t, 0x1p200+1, simd.SumSquares([]float64{0x1p100, 1}))
	require.InEpsilon(t, 2e60, simd.SumSquares([]float32{1e30, 1e30}), 1e-6) // beyond float32
	require.Zero(t, simd.Sum[float32](nil))
	dst := make([]float32, 1)
	simd.SumAxis(dst, 1, x, 1, 6, 1)
	require.Equal(t, []float32{4}, dst)
}

func TestSumAxisSumsItsAxis(t *testing.T) {
	t.Parallel()
	x := []float32{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60} // [2, 3, 2]
	dst := make([]float32, 4)
	simd.SumAxis(dst, 0.5, x, 2, 3, 2)
	require.Equal(t, []float32{4.5, 6, 45, 60}, dst)
	simd.SumAxis(dst, 1, nil, 2, 0, 2)
	require.Equal(t, []float32{0, 0, 0, 0}, dst)
}

func TestColumnSumsTakeBothForms(t *testing.T) {
	t.Parallel()
	x := []float32{1, 2, 3, 10, 20, 30}
	dst := []float32{nan, nan, nan}
	simd.ColumnSums(dst, 0, x)
	require.Equal(t, []float32{11, 22, 33}, dst)
	simd.ColumnSums(dst, 1, x)
	require.Equal(t, []float32{22, 44, 66}, dst)
	simd.ColumnSums(dst, 1, nil)
	require.Equal(t, []float32{22, 44, 66}, dst)
	simd.ColumnSums(nil, 0, x[:0])
}

func TestPiecesAreCopiedBetweenSteps(t *testing.T) {
	t.Parallel()
	src := []float32{0, 1, 2, 3, 4, 5, 6, 7}
	dst := []float32{-1, -1, -1, -1, -1, -1}
	b := simd.Blocks{Count: 2, Size: 2, Dst: 1, DstStep: 3, Src: 2, SrcStep: 4}
	simd.Copy(dst, src, b)
	require.Equal(t, []float32{-1, 2, 3, -1, 6, 7}, dst)
	simd.CopyBackward(dst, 1, src, b)
	require.Equal(t, []float32{-1, 4, 6, -1, 12, 14}, dst)
	simd.CopyBackward(dst, 0, src, b)
	require.Equal(t, []float32{-1, 2, 3, -1, 6, 7}, dst)
	simd.Copy[float32](nil, nil, simd.Blocks{Count: 0, Size: 2, Dst: 5, Src: 5})
}

func TestRepeatedPlacesAreAddedInOrder(t *testing.T) {
	t.Parallel()
	// In another order the small values would not be lost beside the large ones.
	dx := make([]float32, 2)
	simd.GatherBackward(dx, []float32{1 << 24, 1, 1, -(1 << 24), 5}, []int{1, 1, 1, 1, 0})
	require.Equal(t, []float32{5, 0}, dx)
	dx = make([]float32, 4)
	simd.EmbeddingBackward(dx, []float32{1 << 24, 1, 1, 2, 1, 3}, []int32{1, 1, 1}, 2)
	require.Equal(t, []float32{0, 0, 1 << 24, 6}, dx)
}

func TestComparisonsWithNaNAreFalse(t *testing.T) {
	t.Parallel()
	a, b := []float32{nan, nan, 1, 2}, []float32{nan, 1, nan, 2}
	got := make([]bool, 4)
	simd.Greater(got, a, b)
	assert.Equal(t, []bool{false, false, false, false}, got)
	simd.GreaterEqual(got, a, b)
	assert.Equal(t, []bool{false, false, false, true}, got)
	simd.Equal(got, a, b)
	assert.Equal(t, []bool{false, false, false, true}, got)
	simd.IsNaN(got, a)
	assert.Equal(t, []bool{true, true, false, false}, got)
	simd.IsFinite(got, []float32{nan, inf, -inf, math.MaxFloat32})
	assert.Equal(t, []bool{false, false, false, true}, got)
}

func TestGradientsOfWhatWasNotChosenVanish(t *testing.T) {
	t.Parallel()
	dx := []float32{nan, nan}
	simd.WhereBackward(dx, 0, []float32{nan, 3}, []bool{true, false}, false)
	require.Equal(t, []float32{0, 3}, dx)
	simd.ClampBackward(dx, 0, -1, 1, []float32{nan, 3}, []float32{5, 0})
	require.Equal(t, []float32{0, 3}, dx)
}

func TestTailsReachTheEndOfTheRange(t *testing.T) {
	t.Parallel()
	x := []float64{-740, 740}
	y, dx := make([]float64, 2), make([]float64, 2)
	simd.Sigmoid(y, x)
	require.Equal(t, []float64{math.Exp(-740), 1}, y)
	simd.SigmoidBackward(dx, 0, []float64{1, 1}, x)
	require.Equal(t, []float64{math.Exp(-740), math.Exp(-740)}, dx)
	simd.Softplus(y, x)
	require.Equal(t, []float64{math.Exp(-740), 740}, y)
	simd.LogSigmoid(y, x)
	require.Equal(t, []float64{-740, -math.Exp(-740)}, y)
	simd.TanhBackward(dx, 0, []float64{1, 1}, []float64{-370, 370})
	require.Equal(t, []float64{4 * math.Exp(-740), 4 * math.Exp(-740)}, dx)
}
