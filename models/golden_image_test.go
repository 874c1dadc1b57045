package models_test

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// goldenImages makes every network of images.json.
var goldenImages = map[string]func(s *nn.Scope) nn.Layer{
	"lenet300": func(s *nn.Scope) nn.Layer {
		return models.NewLeNet300(s, models.LeNet300Config{Features: 36, Outputs: 10})
	},
	"lenet5": func(s *nn.Scope) nn.Layer {
		return models.NewLeNet5(s, models.LeNet5Config{Image: models.Image{Channels: 2, Height: 17, Width: 12}, Outputs: 10})
	},
	"cnn": func(s *nn.Scope) nn.Layer {
		return models.NewCNN(s, models.CNNConfig{Image: models.Image{Channels: 1, Height: 8, Width: 8}, Outputs: 10})
	},
	"resnet8": func(s *nn.Scope) nn.Layer {
		return models.NewResNet(s, models.ResNetConfig{Image: models.Image{Channels: 3, Height: 9, Width: 8}, Outputs: 10, Depth: 8})
	},
	"resnet14": func(s *nn.Scope) nn.Layer {
		return models.NewResNet(s, models.ResNetConfig{Image: models.Image{Channels: 3, Height: 8, Width: 8}, Outputs: 10, Depth: 14})
	},
}

// startValue is element i of the key-th parameter: what images.py computes, one for gains.
func startValue(i, key int, shape []int, gain bool) float32 {
	fanIn := 1024
	if len(shape) > 1 {
		fanIn = 1
		for _, d := range shape[1:] {
			fanIn *= d
		}
	}
	x := i*1103515245 + key*12345 + 1013904223
	v := float64((x>>16)&127-64) * math.Ldexp(1, -(4+(bits.Len(uint(fanIn))+1)/2))
	if gain {
		v++
	}
	return float32(v)
}

// start gives the parameters, in order, the values that images.py gives them.
func start(s *nn.Store) {
	key := 0
	for _, p := range s.Params() {
		if p.Kind == initializer.Buffer {
			continue
		}
		for i := range p.Data {
			p.Data[i] = startValue(i, key, p.Shape, p.Kind == initializer.Scale)
		}
		key++
	}
}

// kept returns the elements of a gradient that images.json holds.
func kept(grad []float32, n int) (some []float32) {
	for i := range n {
		some = append(some, grad[i*len(grad)/n+i%(len(grad)/n)])
	}
	return some
}

func TestImageNetworksMatchPyTorch(t *testing.T) {
	t.Parallel()
	cases := golden.Images(t).Cases
	require.Len(t, cases, len(goldenImages))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			net := goldenImages[c.Name](s.Root())
			start(s)
			p := nn.NewPass(s, nn.Training)
			y := net.Forward(p, p.Input(autograd.From(golden.As[float32](c.Input.Data), c.Input.Shape...)))
			require.Equal(t, c.Output.Shape, y.Shape())
			largest := func(values golden.Numbers) (m float64) {
				for _, v := range values {
					m = max(m, math.Abs(v))
				}
				return m
			}
			within := func(want golden.Numbers) golden.Tolerance {
				return golden.Tolerance{Relative: 1e-4, Absolute: max(2e-5*largest(want), 1e-6)}
			}
			assert.NoError(t, golden.Compare(c.Output.Data, y.Data(), within(c.Output.Data)), "output")
			grads := p.BackwardFrom(y, golden.As[float32](c.Seed))
			trained := slices.DeleteFunc(slices.Clone(s.Params()), func(p *nn.Param) bool { return p.Kind == initializer.Buffer })
			require.Len(t, trained, len(c.Params))
			for i, want := range c.Params {
				require.Equal(t, want.Name, trained[i].Name)
				require.Equal(t, want.Shape, trained[i].Shape, want.Name)
				assert.NoError(t, golden.Compare(want.Grad, kept(grads.Of(trained[i]), len(want.Grad)), within(want.Grad)), want.Name)
			}
		})
	}
}

// TestLeNet5LearnsAsInPyTorch trains on the digits, each pixel made four, from PyTorch's start and on its batches. Each
// loss must be PyTorch's to 1e-4, or to four times what float32 costs PyTorch itself where that is more.
func TestLeNet5LearnsAsInPyTorch(t *testing.T) {
	t.Parallel()
	curve, batches := golden.Images(t).Curve, golden.Curves(t).Rows
	digits := data.DigitsFull()
	s := nn.NewStore(1, initializer.Zeros())
	net := models.NewLeNet5(s.Root(), models.LeNet5Config{Image: models.Image{Channels: 1, Height: 16, Width: 16}, Outputs: 10})
	start(s)
	opt := optim.NewSGD(s, 0.02, optim.Momentum(0.9))
	p := nn.NewPass(s, nn.Training)
	require.Len(t, curve.Float32, 100)
	for step, want := range curve.Float32 {
		p.Reset()
		batch := digits.Subset("batch", batches[step])
		x := p.Input(batch.X).Reshape(-1, 1, 8, 8).UpsampleNearest2d(16, 16)
		loss := net.Forward(p, x).CrossEntropy(batch.Y)
		allowed := max(1e-4*want, 4*math.Abs(want-curve.Float64[step]))
		require.InDelta(t, want, float64(loss.Item()), allowed, "loss before step %d", step+1)
		opt.Step(p.Backward(loss))
	}
	assert.Less(t, curve.Float32[99], 1.0, "it learned")
}
