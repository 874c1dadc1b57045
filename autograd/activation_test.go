package autograd_test

import (
	"math"
	"testing"
)

func TestSigmoidFamilyAtSpecialPoints(t *testing.T) {
	t.Parallel()
	sigmoid := (*tensor[float32]).Sigmoid
	logSigmoid := (*tensor[float32]).LogSigmoid
	silu := (*tensor[float32]).SiLU
	requirePoints(t, []point{
		{"sigmoid", sigmoid, 0, 0.5, 0.25},
		{"sigmoid", sigmoid, 20, 1 / (1 + math.Exp(-20)), math.Exp(-20) / math.Pow(1+math.Exp(-20), 2)},
		{"sigmoid", sigmoid, 100, 1, math.Exp(-100)},
		{"sigmoid", sigmoid, -100, math.Exp(-100), math.Exp(-100)},
		{"sigmoid", sigmoid, -1e30, 0, 0},
		{"sigmoid", sigmoid, inf, 1, 0},
		{"sigmoid", sigmoid, -inf, 0, 0},
		{"sigmoid", sigmoid, nan, nan, nan},
		{"log sigmoid", logSigmoid, 0, -math.Ln2, 0.5},
		{"log sigmoid", logSigmoid, -1e4, -1e4, 1},
		{"log sigmoid", logSigmoid, 30, -math.Exp(-30), math.Exp(-30)},
		{"log sigmoid", logSigmoid, inf, 0, 0},
		{"log sigmoid", logSigmoid, -inf, -inf, 1},
		{"log sigmoid", logSigmoid, nan, nan, nan},
		{"silu", silu, 0, 0, 0.5},
		{"silu", silu, 1e30, 1e30, 1},
		{"silu", silu, -100, -100 * math.Exp(-100), -99 * math.Exp(-100)},
		{"silu", silu, -1e30, 0, 0},
		{"silu", silu, inf, inf, nan},  // PyTorch's too: 1 + Inf * 0
		{"silu", silu, -inf, nan, nan}, // PyTorch's too: Inf * 0
		{"silu", silu, nan, nan, nan},
	})
}

func TestTanhAtSpecialPoints(t *testing.T) {
	t.Parallel()
	tanh := (*tensor[float32]).Tanh
	requirePoints(t, []point{
		{"tanh", tanh, 0, 0, 1},
		{"tanh", tanh, 1e-20, 1e-20, 1},
		{"tanh", tanh, 10, math.Tanh(10), 4 * math.Exp(-20)},
		{"tanh", tanh, -40, -1, 4 * math.Exp(-80)},
		{"tanh", tanh, inf, 1, 0},
		{"tanh", tanh, -inf, -1, 0},
		{"tanh", tanh, nan, nan, nan},
	})
}

func TestSoftplusAtSpecialPoints(t *testing.T) {
	t.Parallel()
	softplus := (*tensor[float32]).Softplus
	requirePoints(t, []point{
		{"softplus", softplus, 0, math.Ln2, 0.5},
		{"softplus", softplus, -20, math.Log1p(math.Exp(-20)), math.Exp(-20)},
		{"softplus", softplus, -100, math.Exp(-100), math.Exp(-100)},
		{"softplus", softplus, 25, 25, 1},
		{"softplus", softplus, 1e30, 1e30, 1},
		{"softplus", softplus, -1e30, 0, 0},
		{"softplus", softplus, inf, inf, 1},
		{"softplus", softplus, -inf, 0, 0},
		{"softplus", softplus, nan, nan, nan},
	})
}

func TestELUAtSpecialPoints(t *testing.T) {
	t.Parallel()
	elu := func(x *tensor[float32]) *tensor[float32] { return x.ELU(2) }
	selu := (*tensor[float32]).SELU
	const scale, alpha = 1.0507009873554805, 1.6732632423543772
	requirePoints(t, []point{
		{"elu", elu, 0, 0, 2},
		{"elu", elu, 3, 3, 1},
		{"elu", elu, -1e-14, -2e-14, 2},
		{"elu", elu, -30, -2, 2 * math.Exp(-30)},
		{"elu", elu, 1e30, 1e30, 1},
		{"elu", elu, inf, inf, 1},
		{"elu", elu, -inf, -2, 0},
		{"elu", elu, nan, nan, nan},
		{"selu", selu, 2, 2 * scale, scale},
		{"selu", selu, 0, 0, scale * alpha},
		{"selu", selu, -1, scale * alpha * math.Expm1(-1), scale * alpha * math.Exp(-1)},
		{"selu", selu, -inf, -scale * alpha, 0},
		{"selu", selu, nan, nan, nan},
	})
}

func TestRectifiersAtSpecialPoints(t *testing.T) {
	t.Parallel()
	relu := (*tensor[float32]).ReLU
	leaky := func(x *tensor[float32]) *tensor[float32] { return x.LeakyReLU(0.5) }
	gelu := (*tensor[float32]).GELU
	geluTanh := (*tensor[float32]).GELUTanh
	requirePoints(t, []point{
		{"relu", relu, 0, 0, 0},
		{"relu", relu, -inf, 0, 0},
		{"relu", relu, inf, inf, 1},
		{"relu", relu, nan, nan, 1},
		{"leaky relu", leaky, 0, 0, 0.5},
		{"leaky relu", leaky, -4, -2, 0.5},
		{"leaky relu", leaky, nan, nan, 1},
		{"gelu", gelu, 0, 0, 0.5},
		{"gelu", gelu, 1e30, 1e30, 1},
		{"gelu", gelu, -10, -5 * math.Erfc(10/math.Sqrt2), 0.5*math.Erfc(10/math.Sqrt2) - 10*math.Exp(-50)/math.Sqrt(2*math.Pi)},
		{"gelu", gelu, nan, nan, nan},
		{"gelu tanh", geluTanh, 0, 0, 0.5},
		{"gelu tanh", geluTanh, 1e10, 1e10, 1},
		{"gelu tanh", geluTanh, nan, nan, nan},
	})
}
