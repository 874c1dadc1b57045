package nn_test

import "github.com/heft-ml/heft/nn"

// blockLayerCases are the layers of transformer blocks.
func blockLayerCases() []layerCase {
	shape := []int{2, 4, 6}
	residual := func(norm bool, opts ...nn.ResidualOption) func(s *nn.Scope) nn.Module {
		return func(s *nn.Scope) nn.Module {
			var before nn.Layer
			if norm {
				before = nn.NewLayerNorm(s.At("norm"), 6)
			}
			return nn.NewResidual(s, before, nn.NewLinear(s.At("fc"), 6, 6), opts...)
		}
	}
	fc, normed := []string{"fc.weight", "fc.bias"}, []string{"norm.weight", "norm.bias", "fc.weight", "fc.bias"}
	gated := []string{"gate_proj.weight", "up_proj.weight", "down_proj.weight"}
	forward := []string{"c_fc.weight", "c_fc.bias", "c_proj.weight", "c_proj.bias"}
	return []layerCase{
		{"gated mlp", func(s *nn.Scope) nn.Module { return nn.NewGatedMLP(s, 6, 16, nn.SwiGLU, 0) }, gated, shape, shape},
		{"gated mlp with gelu", func(s *nn.Scope) nn.Module { return nn.NewGatedMLP(s, 6, 16, nn.GeGLU, 4) }, gated, shape, shape},
		{"feed forward", func(s *nn.Scope) nn.Module { return nn.NewFeedForward(s, 6, 24, "gelu_tanh", 4) }, forward, shape, shape},
		{"residual without norm", residual(false), fc, shape, shape},
		{"residual, norm before", residual(true), normed, shape, shape},
		{"residual, norm after", residual(true, nn.PostNorm()), normed, shape, shape},
		{"residual with all", residual(true, nn.ResidualScale(0.5), nn.BranchDropout(0.2), nn.StochasticDepth(0.2)), normed, shape, shape},
		{"transformer block", func(s *nn.Scope) nn.Module {
			return nn.NewTransformerBlock(s,
				nn.NewResidual(s.At("residual_1"), nil, nn.NewLinear(s.At("fc"), 6, 6)),
				nn.NewResidual(s.At("residual_2"), nil, nn.NewFeedForward(s.At("mlp"), 6, 24, "relu", 0)))
		}, []string{"fc.weight", "fc.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias"}, shape, shape},
	}
}
