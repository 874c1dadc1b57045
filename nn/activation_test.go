package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// nonlinearities are what the names stand for, with the settings of PyTorch's modules.
var nonlinearities = map[string]func(x float64) float64{
	"relu":       func(x float64) float64 { return max(x, 0) },
	"leaky_relu": func(x float64) float64 { return max(x, 0.01*x) },
	"elu":        func(x float64) float64 { return max(x, math.Expm1(min(x, 0))) },
	"gelu":       func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 },
	"gelu_tanh": func(x float64) float64 {
		return x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x))) / 2
	},
	"silu":     func(x float64) float64 { return x * sigmoid(x) },
	"sigmoid":  sigmoid,
	"tanh":     math.Tanh,
	"softplus": func(x float64) float64 { return math.Log1p(math.Exp(x)) },
	"identity": func(x float64) float64 { return x },
}

func TestActivationsAreWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	points := []float32{-3, -1.5, -0.25, 0, 0.125, 1, 2.5}
	require.Len(t, nn.ActivationNames(), len(nonlinearities))
	for _, name := range nn.ActivationNames() {
		require.Contains(t, nonlinearities, name)
		s := newStore()
		layer := nn.NewActivation(s.Root(), name)
		p := nn.NewPass(s, nn.Inference)
		y := layer.Forward(p, p.Input(autograd.From(points, len(points)))).Data()
		for i, x := range points {
			assert.InDelta(t, nonlinearities[name](float64(x)), y[i], 1e-6, "%s(%v)", name, x)
		}
	}
	require.Equal(t, "relu", nn.NewReLU(newStore().Root()).String())
}
