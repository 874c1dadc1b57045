package benchmarks

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// arithmetic is what has one or two operands and no parameters.
var arithmetic = slices.Concat(
	forward("fill", func(y, _ []float32) { simd.Fill(y, 1) }),
	binary("add", simd.Add[float32]),
	binary("sub", simd.Sub[float32]),
	binary("mul", simd.Mul[float32]),
	binary("div", simd.Div[float32]),
	forward("add-scalar", func(y, x []float32) { simd.AddScalar(y, 2, x) }),
	forward("scale", func(y, x []float32) { simd.Scale(y, 0, 2, x) }),
	forward("scale-add", func(y, x []float32) { simd.Scale(y, 1, 0.5, x) }),
	backward("mul", simd.MulBackward[float32]),
	backward("div", simd.DivBackward[float32]),
	forward("abs", simd.Abs[float32]),
	forward("clamp", func(y, x []float32) { simd.Clamp(y, -1, 1, x) }),
	ofPositive("sqrt", simd.Sqrt[float32]),
	ofPositive("pow-1.5", func(y, x []float32) { simd.Pow(y, x, 1.5) }),
	forward("exp", simd.Exp[float32]),
	ofPositive("log", simd.Log[float32]),
	[]kernel{
		{"greater", func(n int) func() {
			a, b, y := Normal(n), positive(n), make([]bool, n)
			return func() { simd.Greater(y, a, b) }
		}},
		{"where", func(n int) func() {
			x, z, y, mask := Normal(n), Normal(n), make([]float32, n), make([]bool, n)
			simd.Greater(mask, x, make([]float32, n))
			return func() { simd.Where(y, mask, x, z) }
		}},
	},
)

var activations = slices.Concat(
	forward("relu", simd.ReLU[float32]),
	backward("relu", simd.ReLUBackward[float32]),
	forward("leaky-relu", func(y, x []float32) { simd.LeakyReLU(y, 0.01, x) }),
	forward("elu", func(y, x []float32) { simd.ELU(y, 1, 1, x) }),
	forward("gelu", simd.GELU[float32]),
	backward("gelu", simd.GELUBackward[float32]),
	forward("gelu-tanh", simd.GELUTanh[float32]),
	backward("gelu-tanh", simd.GELUTanhBackward[float32]),
	forward("sigmoid", simd.Sigmoid[float32]),
	backward("sigmoid", simd.SigmoidBackward[float32]),
	forward("silu", simd.SiLU[float32]),
	backward("silu", simd.SiLUBackward[float32]),
	forward("softplus", simd.Softplus[float32]),
	forward("tanh", simd.Tanh[float32]),
	backward("tanh", simd.TanhBackward[float32]),
)

var optimizers = []kernel{
	{"sgd", func(n int) func() {
		w, g := Normal(n), Normal(n)
		return func() { simd.SGDStep(w, g, nil, 1, LR, 0, 0, 0, false, false) }
	}},
	{"sgd-momentum", func(n int) func() {
		w, g, b := Normal(n), Normal(n), make([]float32, n)
		return func() { simd.SGDStep(w, g, b, 1, LR, 0, 0.9, 0, false, false) }
	}},
	{"adam", func(n int) func() {
		w, g, m, v := Normal(n), Normal(n), make([]float32, n), make([]float32, n)
		step := simd.Adam{
			Beta2: 0.999, Rest1: 0.1, Rest2: 0.001, Eps: 1e-8, Scale: 1, Size: LR, Correction: 1, Shrink: 1,
		}
		return func() { step.Step(w, g, m, v) }
	}},
	{"sum-squares", func(n int) func() {
		x := Normal(n)
		return func() { simd.SumSquares(x) }
	}},
}
