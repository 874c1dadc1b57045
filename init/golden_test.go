package initializer_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
)

func TestGainsMatchPyTorch(t *testing.T) {
	t.Parallel()
	for _, g := range golden.Init(t).Gains {
		slope := 0.01 // PyTorch's, where none is given
		if g.Param != nil {
			slope = *g.Param
		}
		got, err := initializer.Gain(g.Nonlinearity, slope)
		if assert.NoError(t, err) {
			assert.InEpsilon(t, g.Gain, got, 1e-15, "%s, slope %v", g.Nonlinearity, slope)
		}
	}
}

// TestSpreadsMatchPyTorch compares a scheme's values with those that N(0, 1) or U(-1, 1) draws from the same stream:
// they differ by the standard deviation or the bound, to float32's precision.
func TestSpreadsMatchPyTorch(t *testing.T) {
	t.Parallel()
	file := golden.Init(t)
	fans := map[string]golden.Fans{}
	for _, f := range file.Fans {
		fans[fmt.Sprint(f.Shape)] = f
	}
	for _, b := range file.Bounds {
		f, known := fans[fmt.Sprint(b.Shape)]
		require.True(t, known, "fans of %v", b.Shape)
		p := initializer.Param{Name: "w", Kind: initializer.Weight, Shape: b.Shape, FanIn: f.FanIn, FanOut: f.FanOut}
		normal, uniform := schemesOf(t, b)
		assertRatio(t, b.Std, p, normal, initializer.Normal(0, 1))
		assertRatio(t, b.Bound, p, uniform, initializer.Uniform(-1, 1))
	}
}

// schemesOf returns the normal and the uniform scheme that PyTorch's settings stand for.
func schemesOf(t *testing.T, b golden.Bound) (normal, uniform initializer.Scheme) {
	t.Helper()
	if b.Scheme == "xavier" {
		gain := initializer.WithGain(b.Gain)
		return initializer.XavierNormal(gain), initializer.XavierUniform(gain)
	}
	require.Equal(t, "kaiming", b.Scheme)
	opts := []initializer.Option{initializer.For(b.Nonlinearity)}
	if b.Nonlinearity == "leaky_relu" {
		opts = []initializer.Option{initializer.Slope(b.Param)}
	}
	switch b.Mode {
	case "fan_in":
	case "fan_out":
		opts = append(opts, initializer.FanOut())
	default:
		t.Fatalf("unknown mode %q", b.Mode)
	}
	return initializer.KaimingNormal(opts...), initializer.KaimingUniform(opts...)
}

func assertRatio(t *testing.T, want float64, p initializer.Param, scheme, unit initializer.Scheme) {
	t.Helper()
	fill := func(s initializer.Scheme) []float32 {
		values := make([]float32, 50)
		s.Fill(&p, rand.New(rand.NewPCG(1, 2)), values)
		return values
	}
	got, of := fill(scheme), fill(unit)
	for i := range got {
		require.InEpsilon(t, want*float64(of[i]), float64(got[i]), 1e-6, "%v for shape %v", scheme, p.Shape)
	}
}
