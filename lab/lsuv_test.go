package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// Mishkin and Matas 2015: variance 1 ± 0.1 of every layer's outputs, whatever the activation.
func TestLSUVGivesEveryLayerUnitVariance(t *testing.T) {
	t.Parallel()
	const depth = 20
	widths := []int{16}
	for range depth {
		widths = append(widths, 32)
	}
	x := gaussian(64, 16, 3)
	for _, activation := range []string{"relu", "tanh", "gelu"} {
		s := nn.NewStore(1, initializer.Zeros())
		m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: append(widths, 10), Activation: activation})
		fitted, err := lab.LSUV(s, m, x)
		require.NoError(t, err)
		require.Len(t, fitted, depth+1)
		linear := lab.Measure(s, m, x, labels(64, 10)).Of("Linear")
		require.Len(t, linear, depth+1)
		for i, l := range linear {
			variance := l.Activation.Std * l.Activation.Std
			assert.InDelta(t, 1, variance, 0.1, "%s, layer %d", activation, i+1)
			assert.InDelta(t, variance, fitted[i].Variance, 1e-3)
		}
	}
}

func TestLSUVFitsConvolutions(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	m := nn.NewSequential(s.Root(), nn.NewConv2d(s.At(0), 1, 8, 3), nn.NewReLU(s.At(1)), nn.NewConv2d(s.At(2), 8, 8, 3))
	x := gaussian(4, 64, 1).Reshape(4, 1, 8, 8)
	fitted, err := lab.LSUV(s, m, x)
	require.NoError(t, err)
	require.Len(t, fitted, 2)
	assert.Equal(t, "2", fitted[1].Path)
	for _, f := range fitted {
		assert.InDelta(t, 1, f.Variance, 0.1)
	}
}

func TestLSUVNamesTheLayerThatDoesNotVary(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	m := nn.NewMLP(s.At("net"), 4, 4, 2)
	_, err := lab.LSUV(s, m, autograd.From(make([]float32, 8), 2, 4))
	require.ErrorContains(t, err, `"net.0"`)
	nan := make([]float32, 8)
	nan[0] = float32(math.NaN())
	_, err = lab.LSUV(s, m, autograd.From(nan, 2, 4))
	require.ErrorContains(t, err, "NaN")
}

func TestSetupsCanStartByLSUV(t *testing.T) {
	t.Parallel()
	setup := small(lab.LSUVScheme)
	setup.Activation = "gelu"
	e := open(t, setup)
	for _, l := range e.Measure().Of("Linear") {
		assert.InDelta(t, 1, l.Activation.Std*l.Activation.Std, 0.1)
	}
}
