package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
)

// A goldenLayer runs one step's input through a layer. x is on the pass and wants a gradient; it is nil for labels.
type goldenLayer func(p *nn.Pass, x *nn.Tensor, ids nn.Labels) *nn.Tensor

// goldenLayers makes every layer of layers.json in a store of its own.
var goldenLayers = map[string]func(s *nn.Scope) goldenLayer{
	"linear":              func(s *nn.Scope) goldenLayer { return onTensor(nn.NewLinear(s, 5, 4)) },
	"linear without bias": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewLinear(s, 5, 4, nn.NoBias())) },
	"layer norm":          func(s *nn.Scope) goldenLayer { return onTensor(nn.NewLayerNorm(s, 6)) },
	"rms norm":            func(s *nn.Scope) goldenLayer { return onTensor(nn.NewRMSNorm(s, 6, 1e-5)) },
	"batch norm":          func(s *nn.Scope) goldenLayer { return onTensor(nn.NewBatchNorm1d(s, 4)) },
	"mlp":                 func(s *nn.Scope) goldenLayer { return onTensor(nn.NewMLP(s, 5, 8, 7, 3)) },
	"conv1d": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewConv1d(s, 3, 4, 3, nn.Stride(2), nn.Padding(1), nn.Dilation(2)))
	},
	"conv1d without bias": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewConv1d(s, 4, 6, 2, nn.Groups(2), nn.NoBias()))
	},
	"conv2d": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewConv2d(s, 3, 4, 3, nn.Padding(1))) },
	"conv2d, everything": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewConv2d(s, 4, 6, 3, nn.KernelWidth(2), nn.Stride(2, 1), nn.Padding(1, 2), nn.Dilation(1, 2), nn.Groups(2)))
	},
	"conv2d, depthwise": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewConv2d(s, 3, 3, 3, nn.Padding(1), nn.Groups(3), nn.NoBias()))
	},
	"max pool 1d": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewMaxPool1d(s, 2)) },
	"max pool 2d": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewMaxPool2d(s, 3, nn.Stride(2), nn.Padding(1)))
	},
	"avg pool 1d": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewAvgPool1d(s, 3, nn.Stride(1))) },
	"avg pool 2d": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewAvgPool2d(s, 2, nn.KernelWidth(3), nn.Padding(1), nn.CountIncludePad(false)))
	},
	"adaptive max pool":          func(s *nn.Scope) goldenLayer { return onTensor(nn.NewAdaptiveMaxPool2d(s, 2, 3)) },
	"adaptive avg pool":          func(s *nn.Scope) goldenLayer { return onTensor(nn.NewAdaptiveAvgPool2d(s, 1, 1)) },
	"batch norm 2d":              func(s *nn.Scope) goldenLayer { return onTensor(nn.NewBatchNorm2d(s, 3)) },
	"group norm":                 func(s *nn.Scope) goldenLayer { return onTensor(nn.NewGroupNorm(s, 2, 6)) },
	"flatten":                    func(s *nn.Scope) goldenLayer { return onTensor(nn.NewFlatten(s)) },
	"upsample nearest":           func(s *nn.Scope) goldenLayer { return onTensor(nn.NewUpsample(s, 2)) },
	"upsample bilinear":          func(s *nn.Scope) goldenLayer { return onTensor(nn.NewUpsample(s, 3, nn.Bilinear(false))) },
	"upsample bilinear, aligned": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewUpsample(s, 2, nn.Bilinear(true))) },
	"constant pad":               func(s *nn.Scope) goldenLayer { return onTensor(nn.NewConstantPad(s, 0.5, 1, 2, 0, 3)) },
	"reflection pad":             func(s *nn.Scope) goldenLayer { return onTensor(nn.NewReflectionPad(s, 2)) },
	"replication pad":            func(s *nn.Scope) goldenLayer { return onTensor(nn.NewReplicationPad(s, 1, 3)) },
	"rnn": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewRNN(s, nn.RecurrentConfig{In: 5, Hidden: 4}))
	},
	"rnn, relu": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewRNN(s, nn.RecurrentConfig{In: 5, Hidden: 4, Layers: 2, NoBias: true}, nn.RectifiedRNN()))
	},
	"lstm": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewLSTM(s, nn.RecurrentConfig{In: 5, Hidden: 4}))
	},
	"lstm, everything": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewLSTM(s, nn.RecurrentConfig{In: 3, Hidden: 4, Layers: 2, Bidirectional: true}))
	},
	"gru": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewGRU(s, nn.RecurrentConfig{In: 5, Hidden: 4}))
	},
	"gru, everything": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewGRU(s, nn.RecurrentConfig{In: 3, Hidden: 4, Layers: 2, Bidirectional: true}))
	},
	"multi-head attention": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewMultiheadAttention(s, 6, 2)) },
	"multi-head attention without bias": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewMultiheadAttention(s, 6, 3, nn.NoBias()))
	},
	"self-attention": func(s *nn.Scope) goldenLayer { return onTensor(nn.NewSelfAttention(s, 6, 2, nn.Causal())) },
	"grouped-query attention": func(s *nn.Scope) goldenLayer {
		return onTensor(nn.NewGroupedQueryAttention(s, 8, 4, 2, nn.Causal(), nn.Rotary(100)))
	},
	"transformer block, norm before": func(s *nn.Scope) goldenLayer { return onTensor(encoderLayer(s)) },
	"transformer block, norm after":  func(s *nn.Scope) goldenLayer { return onTensor(encoderLayer(s, nn.PostNorm())) },
	"embedding": func(s *nn.Scope) goldenLayer {
		l := nn.NewEmbedding(s, 7, 3)
		return func(p *nn.Pass, _ *nn.Tensor, ids nn.Labels) *nn.Tensor { return l.Forward(p, ids) }
	},
}

// encoderLayer is a block with the names of torch's nn.TransformerEncoderLayer(8, 2, 12).
func encoderLayer(s *nn.Scope, opts ...nn.ResidualOption) *nn.TransformerBlock {
	mlp := nn.NewSequential(s.At("mlp"), nn.NewLinear(s.At("linear1"), 8, 12), nn.NewReLU(s.At("relu")), nn.NewLinear(s.At("linear2"), 12, 8))
	return nn.NewTransformerBlock(s,
		nn.NewResidual(s.At("residual_1"), nn.NewLayerNorm(s.At("norm1"), 8), nn.NewMultiheadAttention(s.At("self_attn"), 8, 2), opts...),
		nn.NewResidual(s.At("residual_2"), nn.NewLayerNorm(s.At("norm2"), 8), mlp, opts...))
}

func onTensor(l nn.Layer) goldenLayer {
	return func(p *nn.Pass, x *nn.Tensor, _ nn.Labels) *nn.Tensor { return l.Forward(p, x) }
}

func TestLayersMatchPyTorch(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, c := range golden.Layers(t).Cases {
		covered[c.Name] = true
		makeLayer := goldenLayers[c.Name]
		if !assert.NotNil(t, makeLayer, "layers.json has %q: bind it in goldenLayers", c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			layer := makeLayer(s.Root())
			setState(t, s, c.State)
			for i, step := range c.Steps {
				checkStep(t, s, layer, i, step)
			}
		})
	}
	for name := range goldenLayers {
		assert.True(t, covered[name], "no case of layers.json runs %q", name)
	}
}

// setState gives the parameters PyTorch's values. Names and shapes must be the same on both sides, but for the count of
// batches, which Heft does not keep.
func setState(t *testing.T, s *nn.Store, state map[string]golden.Tensor) {
	t.Helper()
	for _, p := range s.Params() {
		x, known := state[p.Name]
		require.True(t, known, "PyTorch has no %q", p.Name)
		require.Equal(t, x.Shape, p.Shape, p.Name)
		copy(p.Data, golden.As[float32](x.Data))
	}
	for name := range state {
		require.True(t, s.Param(name) != nil || name == "num_batches_tracked", "Heft has no %q", name)
	}
}

// checkStep compares the output and, in training, every gradient and the buffers that are there once the step is done. All may
// be four times as far from torch's float64 as torch's own float32: see golden.LikeTorch.
func checkStep(t *testing.T, s *nn.Store, layer goldenLayer, i int, step golden.LayerStep) {
	t.Helper()
	compare := func(want golden.Tensor, got []float32, name, what string) {
		torchError, known := step.Error[name]
		require.True(t, known, "step %d: %s: layers.json does not say how exact torch is", i, what)
		assert.NoError(t, golden.Compare(want.Data, got, golden.LikeTorch(want.Data, torchError)), "step %d: %s", i, what)
	}
	p := nn.NewPass(s, nn.Mode(step.Training))
	var x *nn.Tensor
	var ids nn.Labels
	if step.Input != nil {
		x = p.Tape().Leaf("input", golden.As[float32](step.Input.Data), step.Input.Shape, true)
	} else {
		ids = autograd.LabelsOf(step.Labels.Data, step.Labels.Shape...)
	}
	y := layer(p, x, ids)
	require.Equal(t, step.Output.Shape, y.Shape())
	compare(step.Output, y.Data(), "output", "output")
	if !step.Training {
		return
	}
	grads := p.BackwardFrom(y, golden.As[float32](step.Seed))
	for name, want := range step.Grads {
		if name == "input" {
			compare(want, x.TakeGrad(), name, "gradient of the input")
		} else {
			compare(want, grads.Of(s.Param(name)), name, "gradient of "+name)
		}
	}
	s.Commit(grads)
	for name, want := range step.Buffers {
		if buffer := s.Param(name); buffer != nil {
			compare(want, buffer.Data, name, name)
		}
	}
}

func TestFansMatchPyTorch(t *testing.T) {
	t.Parallel()
	axes := map[int]int{}
	for _, f := range golden.Init(t).Fans {
		s := nn.NewStore(1, initializer.Zeros())
		out, in := f.Shape[0], f.Shape[1]
		var weights []*nn.Param
		switch len(f.Shape) {
		case 2:
			weights = []*nn.Param{nn.NewLinear(s.At("linear"), in, out).Weight, nn.NewEmbedding(s.At("embedding"), out, in).Weight}
		case 3:
			weights = []*nn.Param{nn.NewConv1d(s.At("conv"), in, out, f.Shape[2]).Weight}
		case 4:
			weights = []*nn.Param{nn.NewConv2d(s.At("conv"), in, out, f.Shape[2], nn.KernelWidth(f.Shape[3])).Weight}
		}
		for _, w := range weights {
			axes[len(f.Shape)]++
			assert.Equal(t, f.Shape, w.Shape, w.Name)
			assert.Equal(t, f.FanIn, w.FanIn, w.Name)
			assert.Equal(t, f.FanOut, w.FanOut, w.Name)
		}
	}
	assert.Len(t, axes, 3)
}
