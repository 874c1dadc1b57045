package simd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/simd"
)

// curve is a function of one variable, as it computes in float32 and in float64.
type curve struct {
	name   string
	single func(y, x []float32)
	double func(y, x []float64)
	ulps   float64 // the largest error of float32

	// size is what errors are in proportion to, where the result is a difference: the larger of its terms. Nil is the
	// result.
	size func(x float64) float64
}

// longest is how many elements a curve computes at once.
const longest = 1 << 15

var ones, wideOnes = filled[float32](longest, 1), filled[float64](longest, 1)

// slope is the curve of a derivative.
func slope(name string, single func(dx []float32, beta float32, dy, x []float32), double func(dx []float64, beta float64, dy, x []float64), ulps float64, size func(x float64) float64) curve {
	return curve{
		name + " slope",
		func(y, x []float32) { single(y, 0, ones[:len(x)], x) },
		func(y, x []float64) { double(y, 0, wideOnes[:len(x)], x) },
		ulps, size,
	}
}

func filled[T simd.Float](n int, v T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = v
	}
	return s
}

func curves() []curve {
	// The terms of the derivatives of gates, σ(x) + x σ(x) σ(-x) and the like.
	silu := func(x float64) float64 { return gateTerm(1/(1+math.Exp(-x)), x/(2+math.Exp(x)+math.Exp(-x))) }
	gelu := func(x float64) float64 {
		return gateTerm(math.Erfc(-x/math.Sqrt2)/2, x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
	}
	const elu, scale = 1.75, 1.0625 // exact in float32, and so is their product
	list := []curve{
		{"exp", simd.Exp[float32], simd.Exp[float64], 0.95, nil},
		{"log", simd.Log[float32], simd.Log[float64], 0.95, nil},
		{"tanh", simd.Tanh[float32], simd.Tanh[float64], 2.6, nil},
		slope("tanh", simd.TanhBackward[float32], simd.TanhBackward[float64], 4.4, nil),
		{"sigmoid", simd.Sigmoid[float32], simd.Sigmoid[float64], 2.5, nil},
		slope("sigmoid", simd.SigmoidBackward[float32], simd.SigmoidBackward[float64], 4.3, nil),
		{"log sigmoid", simd.LogSigmoid[float32], simd.LogSigmoid[float64], 1.8, nil},
		slope("log sigmoid", simd.LogSigmoidBackward[float32], simd.LogSigmoidBackward[float64], 2.5, nil),
		{"softplus", simd.Softplus[float32], simd.Softplus[float64], 1.8, nil},
		slope("softplus", simd.SoftplusBackward[float32], simd.SoftplusBackward[float64], 2.5, nil),
		{"silu", simd.SiLU[float32], simd.SiLU[float64], 3.4, nil},
		slope("silu", simd.SiLUBackward[float32], simd.SiLUBackward[float64], 5.1, silu),
		{"gelu", simd.GELU[float32], simd.GELU[float64], 4.7, nil},
		slope("gelu", simd.GELUBackward[float32], simd.GELUBackward[float64], 4, gelu),
		{"gelu tanh", simd.GELUTanh[float32], simd.GELUTanh[float64], 3.3, nil},
		slope("gelu tanh", simd.GELUTanhBackward[float32], simd.GELUTanhBackward[float64], 6.2, gelu),
		{"elu", func(y, x []float32) { simd.ELU(y, scale, elu, x) }, func(y, x []float64) { simd.ELU(y, scale, elu, x) }, 2, nil},
		slope("elu", func(dx []float32, beta float32, dy, x []float32) { simd.ELUBackward(dx, beta, scale, elu, dy, x) },
			func(dx []float64, beta float64, dy, x []float64) { simd.ELUBackward(dx, beta, scale, elu, dy, x) }, 2, nil),
		{"sqrt", simd.Sqrt[float32], simd.Sqrt[float64], 0.5, nil},
		slope("sqrt", sqrtSlope[float32], sqrtSlope[float64], 1.5, nil),
		{"abs", simd.Abs[float32], simd.Abs[float64], 0, nil},
		slope("abs", simd.AbsBackward[float32], simd.AbsBackward[float64], 0, nil),
		{"relu", simd.ReLU[float32], simd.ReLU[float64], 0, nil},
		slope("relu", simd.ReLUBackward[float32], simd.ReLUBackward[float64], 0, nil),
		{"leaky relu", func(y, x []float32) { simd.LeakyReLU(y, 0.375, x) }, func(y, x []float64) { simd.LeakyReLU(y, 0.375, x) }, 0.5, nil},
		slope("leaky relu", func(dx []float32, beta float32, dy, x []float32) { simd.LeakyReLUBackward(dx, beta, 0.375, dy, x) },
			func(dx []float64, beta float64, dy, x []float64) { simd.LeakyReLUBackward(dx, beta, 0.375, dy, x) }, 0, nil),
		{"bce, target 1", bce[float32](1, 2.5), bce[float64](1, 2.5), 2.5, nil},
		{"bce, target 0", bce[float32](0, 2.5), bce[float64](0, 2.5), 1.8, nil},
		{"bce, target 0.25", bce[float32](0.25, 1), bce[float64](0.25, 1), 2.7, nil},
		slope("bce, target 1", bceSlope[float32](1, 2.5), bceSlope[float64](1, 2.5), 3.2, nil),
		slope("bce, target 0", bceSlope[float32](0, 2.5), bceSlope[float64](0, 2.5), 2.5, nil),
		slope("bce, target 0.25", bceSlope[float32](0.25, 1), bceSlope[float64](0.25, 1), 3.2, func(float64) float64 { return 0.25 }),
		slope("bce's target", bceTarget[float32](1), bceTarget[float64](1), 0, nil),
		slope("bce's target, weighted", bceTarget[float32](2.5), bceTarget[float64](2.5), 2, func(float64) float64 { return 1 }),
	}
	for _, p := range []float64{2, 3, -1, 0.5, 7.75, -2.5, 0x1p-30, 1e-40, 40, 200, -1e3, 1e6, 3e38} {
		ulps := 1.2
		if math.Abs(p) > 8 {
			ulps = 2.5
		}
		if math.Abs(p) > 40 {
			ulps = 10
		}
		name := fmt.Sprintf("x^%v", p)
		list = append(list, curve{name, pow[float32](p), pow[float64](p), ulps, nil}, slope(name, powSlope[float32](p), powSlope[float64](p), ulps+1, nil))
	}
	return list
}

func gateTerm(gate, rest float64) float64 { return max(gate, math.Abs(rest)) }

func sqrtSlope[T simd.Float](dx []T, beta T, dy, x []T) {
	y := make([]T, len(x))
	simd.Sqrt(y, x)
	simd.SqrtBackward(dx, beta, dy, y)
}

func pow[T simd.Float](p float64) func(y, x []T) {
	return func(y, x []T) { simd.Pow(y, x, T(float32(p))) }
}

func powSlope[T simd.Float](p float64) func(dx []T, beta T, dy, x []T) {
	return func(dx []T, beta T, dy, x []T) { simd.PowBackward(dx, beta, dy, x, T(float32(p))) }
}

func bce[T simd.Float](target T, weight float64) func(y, x []T) {
	targets := filled(longest, target)
	return func(y, x []T) { simd.BCEWithLogits(y, x, targets[:len(x)], []float64{weight}) }
}

func bceSlope[T simd.Float](target T, weight float64) func(dx []T, beta T, dy, x []T) {
	targets := filled(longest, target)
	return func(dx []T, beta T, dy, x []T) {
		simd.BCEWithLogitsBackward(dx, beta, dy, x, targets[:len(x)], []float64{weight})
	}
}

func bceTarget[T simd.Float](weight float64) func(dt []T, beta T, dy, x []T) {
	return func(dt []T, beta T, dy, x []T) { simd.BCETargetBackward(dt, beta, dy, x, []float64{weight}) }
}

// TestActivationsAgreeWithTheirTwins calls every kernel beside plain Go on slices of many lengths.
func TestActivationsAgreeWithTheirTwins(t *testing.T) {
	for _, c := range curves() {
		if c.size == nil {
			requireTwin(t, c.name, c.ulps+0.5, 2, anything, func(s [][]float32) { c.single(s[0], s[1]) })
		}
	}
}

func TestWholePowersAreExactWhereFloat32IsExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ p, last float64 }{{2, 4096}, {3, 256}, {4, 64}, {5, 27}, {-1, 0}, {0.5, 4096}} {
		x := []float32{1, 2, 4, 1024, 0x1p-10}
		for i := 1.0; i <= c.last; i++ {
			if c.p < 1 {
				x = append(x, float32(i*i))
			} else {
				x = append(x, float32(i), -float32(i))
			}
		}
		y := make([]float32, len(x))
		simd.Pow(y, x, float32(c.p))
		for i, v := range x {
			require.Equal(t, float32(math.Pow(float64(v), c.p)), y[i], "%v^%v", v, c.p)
		}
	}
}
