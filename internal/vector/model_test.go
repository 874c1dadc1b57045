package vector

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestFMARoundsOnce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	random := func() float32 {
		for {
			v := math.Float32frombits(r.Uint32())
			if a := math.Abs(float64(v)); a < 1e18 && a > 1e-18 {
				return v
			}
		}
	}
	for range 200000 {
		x, y := random(), random()
		z := random()
		if r.IntN(2) == 0 { // near the product, where rounding twice shows
			z = float32(-float64(x) * float64(y) * (1 + float64(r.IntN(5)-2)*0x1p-24))
		}
		exact := new(big.Float).SetPrec(400).Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
		exact.Add(exact, big.NewFloat(float64(z)))
		want, _ := exact.Float32()
		require.Equal(t, want, fma(x, y, z), "%v * %v + %v", x, y, z)
	}
	// (1 + 2^-12)² is halfway between two float32; 2^-80 decides, but float64 drops it.
	require.Equal(t, float32(1+0x1p-11+0x1p-23), fma(1+0x1p-12, 1+0x1p-12, 0x1p-80))
	require.Equal(t, float32(1+0x1p-11), fma(1+0x1p-12, 1+0x1p-12, -0x1p-80))
	inf := float32(math.Inf(1))
	require.Equal(t, inf, fma(inf, 1, 1))
	require.True(t, math.IsNaN(float64(fma(inf, 0, 1))))
	require.Equal(t, inf, fma(math.MaxFloat32, 2, 1))
}

func TestModelSumsInLanesAndFoldsThem(t *testing.T) {
	t.Parallel()
	k := New("total", "")
	x := k.In("x").Load()
	k.Sum("sum", x)
	k.Dot("squares", x, x)
	k.Largest("top", x)
	big := []float32{1e30, 1, 3}
	require.Equal(t, []any{float64(float32(1e30)) + 4, float64(float32(1e30)) * float64(float32(1e30)), float32(1e30)}, k.Model(3, big))
	require.Equal(t, []any{0.0, 0.0, float32(math.Inf(-1))}, k.Model(0, big))
	// Lanes 0 and 16 are one lane: 1 is lost in 1e30, and stays when it has a lane of its own.
	long := make([]float32, 17)
	long[0], long[1], long[16] = 0x1p60, 1, -0x1p60
	require.Equal(t, 1.0, k.Model(17, long)[0])
}

func TestModelKeepsTheSecondOperandOfMaxWhereOneIsNaN(t *testing.T) {
	t.Parallel()
	k := New("largest", "")
	y, x := k.Out("y"), k.In("x").Load()
	y.Store(k.Float(0).Max(x))
	nan := float32(math.NaN())
	out := make([]float32, 3)
	k.Model(3, out, []float32{nan, -1, 2})
	require.True(t, out[0] != out[0])
	require.Equal(t, []float32{0, 2}, out[1:])
}

func TestGradientHasBothForms(t *testing.T) {
	t.Parallel()
	k := Gradient("twice", "", func(k *Kernel) Value { return k.In("dy").Load().Mul(k.Float(2)) })
	forms := k.Forms()
	require.Len(t, forms, 2)
	dx := []float32{5}
	forms[0].Model(1, dx, []float32{3})
	require.Equal(t, []float32{6}, dx)
	forms[1].Model(1, dx, []float32{3})
	require.Equal(t, []float32{12}, dx)
}

func TestConversionsOfTheModel(t *testing.T) {
	t.Parallel()
	k := New("convert", "")
	half, word, truth := k.Stream("half", Half), k.Stream("word", Word16), k.Stream("truth", Bool)
	x := k.In("x").Load()
	half.Store(x)
	word.Store(x.ShiftRight(16))
	truth.Store(x.Greater(k.Float(1)).Select(k.Bits(1), k.Bits(0)))
	h, w, b := make([]uint16, 3), make([]uint16, 3), make([]bool, 3)
	k.Model(3, h, w, b, []float32{1, 2.5, 3.5})
	require.Equal(t, []uint16{0x3c00, 0x4100, 0x4300}, h)
	require.Equal(t, []uint16{0x3f80, 0x4020, 0x4060}, w)
	require.Equal(t, []bool{false, true, true}, b)
}

func TestModelOfMatrices(t *testing.T) {
	t.Parallel()
	x := []float32{1, 2, 3, 99, 4, 5, 6, 99} // two rows of three, four apart
	build := func(s Shape) *Kernel {
		k := s.New("weighted", "")
		y, v := k.Out("y"), k.In("x").Load()
		v = v.Mul(k.Row("weight")).Add(k.Column("shift").Load())
		y.Store(v)
		k.Sum("sum", v)
		k.Largest("top", v)
		return k
	}
	weight, shift := []float32{1, 10}, []float32{0.5, 0, 0}
	want := []float32{1.5, 2, 3, 0, 40.5, 50, 60}

	y, sum, top := make([]float32, 7), []float64{7, 7}, []float32{7, 7}
	build(Rows).MatrixModel(2, 3, 4, y, x, shift, weight, sum, top)
	require.Equal(t, want, y)
	require.Equal(t, []float64{6.5, 150.5}, sum)
	require.Equal(t, []float32{3, 60}, top)

	y, sum, top = make([]float32, 7), []float64{100, 0, 0}, []float32{0, 51, 0}
	build(Columns).MatrixModel(2, 3, 4, y, x, shift, weight, sum, top)
	require.Equal(t, want, y)
	require.Equal(t, []float64{142, 52, 63}, sum, "it adds to what is there")
	require.Equal(t, []float32{40.5, 51, 60}, top)
}

func TestALineIsARowOrAColumn(t *testing.T) {
	t.Parallel()
	for _, s := range []Shape{Rows, Columns} {
		k := s.Gradient("scaled", "", func(k *Kernel) Value { return k.In("dy").Load().Mul(k.Line("factor")) })
		require.Equal(t, s, k.Shape())
		dx := []float32{1, 1, 1, 1}
		args := []any{dx, []float32{1, 1, 1, 1}, []float32{2, 3}}
		k.Forms()[1].MatrixModel(2, 2, 2, args...)
		want := []float32{3, 3, 4, 4}
		if s == Columns {
			want = []float32{3, 4, 3, 4}
		}
		require.Equal(t, want, dx)
	}
	require.PanicsWithValue(t, "vector: flat loops over a slice, which has no rows and columns", func() { New("flat", "").Row("r") })
}
