package simd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/simd"
)

// elementwise are the kernels whose gradient at an element depends on that element alone: x is their input and y what
// the forward kernel makes of it.
func elementwise[T simd.Float]() map[string]struct {
	forward  func(y, x []T)
	backward func(dx []T, beta T, dy, x, y []T)
} {
	type kernel = struct {
		forward  func(y, x []T)
		backward func(dx []T, beta T, dy, x, y []T)
	}
	ofInput := func(f func(dx []T, beta T, dy, x []T)) func(dx []T, beta T, dy, x, y []T) {
		return func(dx []T, beta T, dy, x, _ []T) { f(dx, beta, dy, x) }
	}
	ofResult := func(f func(dx []T, beta T, dy, y []T)) func(dx []T, beta T, dy, x, y []T) {
		return func(dx []T, beta T, dy, _, y []T) { f(dx, beta, dy, y) }
	}
	mask := make([]bool, elements)
	for i := range mask {
		mask[i] = i%3 == 0
	}
	return map[string]kernel{
		"scale":        {func(y, x []T) { simd.Scale(y, 0, 3, x) }, func(dx []T, beta T, dy, _, _ []T) { simd.Scale(dx, beta, 3, dy) }},
		"relu":         {simd.ReLU[T], ofResult(simd.ReLUBackward[T])},
		"leaky relu":   {func(y, x []T) { simd.LeakyReLU(y, 0.1, x) }, ofInput(func(dx []T, beta T, dy, x []T) { simd.LeakyReLUBackward(dx, beta, 0.1, dy, x) })},
		"gelu":         {simd.GELU[T], ofInput(simd.GELUBackward[T])},
		"gelu tanh":    {simd.GELUTanh[T], ofInput(simd.GELUTanhBackward[T])},
		"exp":          {simd.Exp[T], ofResult(simd.MulBackward[T])},
		"log":          {simd.Log[T], ofInput(simd.DivBackward[T])},
		"sqrt":         {simd.Sqrt[T], ofResult(simd.SqrtBackward[T])},
		"pow":          {func(y, x []T) { simd.Pow(y, x, 3) }, ofInput(func(dx []T, beta T, dy, x []T) { simd.PowBackward(dx, beta, dy, x, 3) })},
		"abs":          {simd.Abs[T], ofInput(simd.AbsBackward[T])},
		"reciprocal":   {func(y, x []T) { simd.Fill(y, 1); simd.Div(y, y, x) }, func(dx []T, beta T, dy, x, y []T) { simd.DivisorBackward(dx, beta, dy, y, x) }},
		"sigmoid":      {simd.Sigmoid[T], ofInput(simd.SigmoidBackward[T])},
		"log sigmoid":  {simd.LogSigmoid[T], ofInput(simd.LogSigmoidBackward[T])},
		"silu":         {simd.SiLU[T], ofInput(simd.SiLUBackward[T])},
		"softplus":     {simd.Softplus[T], ofInput(simd.SoftplusBackward[T])},
		"tanh":         {simd.Tanh[T], ofInput(simd.TanhBackward[T])},
		"elu":          {func(y, x []T) { simd.ELU(y, 1.5, 0.5, x) }, ofInput(func(dx []T, beta T, dy, x []T) { simd.ELUBackward(dx, beta, 1.5, 0.5, dy, x) })},
		"clamp":        {func(y, x []T) { simd.Clamp(y, 1, 2, x) }, ofInput(func(dx []T, beta T, dy, x []T) { simd.ClampBackward(dx, beta, 1, 2, dy, x) })},
		"where, true":  {func(y, x []T) { simd.Where(y, mask, x, make([]T, elements)) }, ofInput(func(dx []T, beta T, dy, _ []T) { simd.WhereBackward(dx, beta, dy, mask, true) })},
		"where, false": {func(y, x []T) { simd.Where(y, mask, make([]T, elements), x) }, ofInput(func(dx []T, beta T, dy, _ []T) { simd.WhereBackward(dx, beta, dy, mask, false) })},
	}
}

const elements = 37 // no multiple of any vector's width

func TestElementwiseKernels(t *testing.T) {
	t.Parallel()
	t.Run("float32", func(t *testing.T) { t.Parallel(); testElementwise[float32](t) })
	t.Run("float64", func(t *testing.T) { t.Parallel(); testElementwise[float64](t) })
}

// testElementwise checks that the derivative is that of the forward kernel, that beta 0 never reads what was there and
// beta 1 adds to it, and that NaN stays NaN where the element counts.
func testElementwise[T simd.Float](t *testing.T) {
	x, dy := make([]T, elements), make([]T, elements)
	for i := range x {
		x[i], dy[i] = T(0.3+0.05*float64(i)), T(1-0.04*float64(i))
	}
	for name, k := range elementwise[T]() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y, dx := make([]T, elements), make([]T, elements)
			simd.Fill(dx, T(math.NaN()))
			k.forward(y, x)
			k.backward(dx, 0, dy, x, y)
			requireDerivative(t, dx, dy, x, k.forward)

			twice := append([]T(nil), dx...)
			k.backward(twice, 1, dy, x, y)
			for i := range dx {
				require.Equal(t, dx[i]+dx[i], twice[i], "element %d", i)
			}
			k.forward(nil, nil)
			k.backward(nil, 0, nil, nil, nil)
		})
	}
}

// requireDerivative compares dx with central differences of the forward kernel, computed in T.
func requireDerivative[T simd.Float](t *testing.T, dx, dy, x []T, forward func(y, x []T)) {
	t.Helper()
	step, tolerance := T(1e-5), 1e-8
	if _, ok := any(step).(float32); ok {
		step, tolerance = 1e-2, 5e-3
	}
	up, down, y1, y2 := make([]T, len(x)), make([]T, len(x)), make([]T, len(x)), make([]T, len(x))
	for i, v := range x {
		up[i], down[i] = v+step, v-step
	}
	forward(y1, up)
	forward(y2, down)
	for i := range x {
		kink := math.Min(math.Abs(float64(x[i])-1), math.Abs(float64(x[i])-2)) < 2*float64(step) // clamp's
		want := float64(dy[i]) * float64(y1[i]-y2[i]) / float64(up[i]-down[i])
		if !kink {
			require.InDelta(t, want, float64(dx[i]), tolerance*(1+math.Abs(want)), fmt.Sprintf("element %d, x %v", i, x[i]))
		}
	}
}

func TestNaNStaysNaN(t *testing.T) {
	t.Parallel()
	nan := make([]float32, elements)
	simd.Fill(nan, float32(math.NaN()))
	dy := make([]float32, elements)
	simd.Fill(dy, 1)
	for name, k := range elementwise[float32]() {
		if name == "where, true" || name == "where, false" {
			continue // they choose
		}
		y, dx := make([]float32, elements), make([]float32, elements)
		k.forward(y, nan)
		k.backward(dx, 0, nan, dy, dy)
		for i := range y {
			require.True(t, y[i] != y[i], "%s of NaN is %v", name, y[i])
			if name != "clamp" { // 1 is an end of its range
				require.True(t, dx[i] != dx[i], "gradient of %s for a gradient of NaN is %v", name, dx[i])
			}
		}
	}
}
