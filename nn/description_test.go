package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// description is what a layer states of a parameter for initialization.
type description struct {
	fanIn, fanOut int
	parts         []initializer.Part
	residual      bool
	depth, layers int
	width         int
}

func described(p *nn.Param) description {
	return description{p.FanIn, p.FanOut, p.Parts, p.Residual, p.Depth, p.Layers, p.Width}
}

// TestLayersStateWhatInitializationNeeds is the table of docs/initialization.md.
func TestLayersStateWhatInitializationNeeds(t *testing.T) {
	t.Parallel()
	const (
		query, key, value = initializer.Query, initializer.Key, initializer.Value
		head, branches    = initializer.Head, 8
	)
	plain := func(n int) []initializer.Part { return make([]initializer.Part, n) }
	for name, c := range map[string]struct {
		declare func(s *nn.Scope)
		want    map[string]description
	}{
		"linear": {func(s *nn.Scope) { nn.NewLinear(s, 3, 5) }, map[string]description{
			"weight": {fanIn: 3, fanOut: 5}, "bias": {fanIn: 3},
		}},
		"convolution": {func(s *nn.Scope) { nn.NewConv1d(s, 6, 4, 5) }, map[string]description{
			"weight": {fanIn: 30, fanOut: 20}, "bias": {fanIn: 30},
		}},
		"grouped convolution": {func(s *nn.Scope) { nn.NewConv2d(s, 8, 12, 3, nn.Groups(4), nn.KernelWidth(5), nn.NoBias()) }, map[string]description{
			"weight": {fanIn: 2 * 15, fanOut: 3 * 15, parts: plain(4)},
		}},
		"depthwise convolution": {func(s *nn.Scope) { nn.NewConv2d(s, 8, 8, 3, nn.Groups(8), nn.NoBias()) }, map[string]description{
			"weight": {fanIn: 9, fanOut: 9, parts: plain(8)},
		}},
		"embedding": {func(s *nn.Scope) { nn.NewEmbedding(s.Residual(branches), 10, 4) }, map[string]description{
			"weight": {fanIn: 4, fanOut: 10, residual: true, depth: branches},
		}},
		"norm": {func(s *nn.Scope) { nn.NewBatchNorm2d(s.Residual(branches), 4) }, map[string]description{
			"weight": {residual: true, depth: branches}, "bias": {}, "running_mean": {}, "running_var": {},
		}},
		"attention of one weight": {func(s *nn.Scope) { nn.NewSelfAttention(s, 6, 2, nn.ResidualBranches(branches)) }, map[string]description{
			"c_attn.weight": {fanIn: 6, fanOut: 6, parts: []initializer.Part{query, key, value}, depth: branches, layers: 2, width: 6},
			"c_proj.weight": {fanIn: 6, fanOut: 6, residual: true, depth: branches, width: 6},
			"c_attn.bias":   {fanIn: 6}, "c_proj.bias": {fanIn: 6},
		}},
		"attention as PyTorch has it": {func(s *nn.Scope) { nn.NewMultiheadAttention(s, 6, 2, nn.NoBias()) }, map[string]description{
			"in_proj_weight": {fanIn: 6, fanOut: 6, parts: []initializer.Part{query, key, value}, width: 6}, "out_proj.weight": {fanIn: 6, fanOut: 6, width: 6},
		}},
		"grouped queries": {func(s *nn.Scope) {
			nn.NewGroupedQueryAttention(s, 8, 4, 2, nn.HeadDim(3), nn.ResidualBranches(branches))
		}, map[string]description{
			"q_proj.weight": {fanIn: 8, fanOut: 12, parts: []initializer.Part{query}, depth: branches, layers: 2, width: 8},
			"k_proj.weight": {fanIn: 8, fanOut: 6, parts: []initializer.Part{key}, depth: branches, layers: 2, width: 8},
			"v_proj.weight": {fanIn: 8, fanOut: 6, parts: []initializer.Part{value}, depth: branches, layers: 2, width: 8},
			"o_proj.weight": {fanIn: 12, fanOut: 8, residual: true, depth: branches, width: 8},
		}},
		"feed forward": {func(s *nn.Scope) { nn.NewFeedForward(s, 6, 24, "relu", branches) }, map[string]description{
			"c_fc.weight":   {fanIn: 6, fanOut: 24, depth: branches, layers: 2, width: 6},
			"c_proj.weight": {fanIn: 24, fanOut: 6, residual: true, depth: branches, width: 6},
			"c_fc.bias":     {fanIn: 6}, "c_proj.bias": {fanIn: 24},
		}},
		"gated MLP": {func(s *nn.Scope) { nn.NewGatedMLP(s, 6, 16, nn.SwiGLU, branches) }, map[string]description{
			"gate_proj.weight": {fanIn: 6, fanOut: 16, depth: branches, layers: 3, width: 6},
			"up_proj.weight":   {fanIn: 6, fanOut: 16, depth: branches, layers: 3, width: 6},
			"down_proj.weight": {fanIn: 16, fanOut: 6, residual: true, depth: branches, width: 6},
		}},
		"gated MLP in no branch": {func(s *nn.Scope) { nn.NewGatedMLP(s, 6, 16, nn.SwiGLU, 0) }, map[string]description{
			"gate_proj.weight": {fanIn: 6, fanOut: 16, width: 6}, "up_proj.weight": {fanIn: 6, fanOut: 16, width: 6},
			"down_proj.weight": {fanIn: 16, fanOut: 6, width: 6},
		}},
		"LSTM": {func(s *nn.Scope) { nn.NewLSTM(s, nn.RecurrentConfig{In: 3, Hidden: 5, Layers: 2, NoBias: true}) }, map[string]description{
			"weight_ih_l0": {fanIn: 3, fanOut: 5, parts: plain(4)}, "weight_hh_l0": {fanIn: 5, fanOut: 5, parts: plain(4), width: 5},
			"weight_ih_l1": {fanIn: 5, fanOut: 5, parts: plain(4), width: 5}, "weight_hh_l1": {fanIn: 5, fanOut: 5, parts: plain(4), width: 5},
		}},
		"MLP": {func(s *nn.Scope) { nn.NewMLP(s, 2, 30, 10, 4) }, map[string]description{
			"0.weight": {fanIn: 2, fanOut: 30}, "2.weight": {fanIn: 30, fanOut: 10, width: 30},
			"4.weight": {fanIn: 10, fanOut: 4, width: 30, parts: []initializer.Part{head}},
			"0.bias":   {fanIn: 2}, "2.bias": {fanIn: 30}, "4.bias": {fanIn: 10},
		}},
		"MLP of one layer": {func(s *nn.Scope) { nn.NewMLP(s, 2, 4) }, map[string]description{
			"0.weight": {fanIn: 2, fanOut: 4, parts: []initializer.Part{head}}, "0.bias": {fanIn: 2},
		}},
	} {
		s := newStore()
		c.declare(s.Root())
		assert.Len(t, s.Params(), len(c.want), name)
		for _, p := range s.Params() {
			assert.Equal(t, c.want[p.Name], described(p), "%s of %s", p.Name, name)
		}
	}
}

func TestADescriptionOfOnesOwnGoesBeforeTheScopes(t *testing.T) {
	t.Parallel()
	s := newStore()
	scope := s.At("a").Inside(6, 2).Width(32).Part(initializer.Query)
	p := scope.Param(initializer.Param{
		Name: "w", Shape: []int{2, 2}, FanIn: 2, FanOut: 2, Residual: true, Depth: 4, Width: 16, Parts: []initializer.Part{initializer.Value},
	})
	require.Equal(t, description{2, 2, []initializer.Part{initializer.Value}, true, 4, 0, 16}, described(p))
	p = scope.Weight("v", 2, 2)
	require.Equal(t, description{2, 2, []initializer.Part{initializer.Query}, false, 6, 2, 32}, described(p))
	p = scope.Residual(6).Weight("end", 2, 2)
	require.Equal(t, description{2, 2, []initializer.Part{initializer.Query}, true, 6, 0, 32}, described(p))
}

// TestDeepNetsSumIsAResidualsWithItsScale compares norm(alpha x + branch(x)) with a residual that divides the branch by
// alpha instead: a norm sees no size.
func TestDeepNetsSumIsAResidualsWithItsScale(t *testing.T) {
	t.Parallel()
	const branches, c = 24, 16
	alpha := initializer.DeepNetAlpha(branches)
	s := nn.NewStore(1, initializer.DeepNet())
	norm, mlp := nn.NewLayerNorm(s.At("norm"), c), nn.NewFeedForward(s.At("mlp"), c, 4*c, "relu", branches)
	residual := nn.NewResidual(s.At("residual"), norm, mlp, nn.PostNorm(), nn.ResidualScale(1/alpha))
	p := nn.NewPass(s, nn.Inference)
	x := p.Input(normal(1, 3, c))
	want := norm.Forward(p, x.MulScalar(float32(alpha)).Add(mlp.Forward(p, x)))
	require.InDeltaSlice(t, want.Data(), residual.Forward(p, x).Data(), 1e-4)
}

func TestBlocksHandTheirInputOnWhereBranchesEndInZero(t *testing.T) {
	t.Parallel()
	const c, branches = 12, 6
	for _, scheme := range []initializer.Scheme{initializer.ZeroResidual(), initializer.Fixup()} {
		s := nn.NewStore(1, scheme)
		for i, branch := range []nn.Layer{
			nn.NewSelfAttention(s.At("a"), c, 3, nn.ResidualBranches(branches)),
			nn.NewGroupedQueryAttention(s.At("b"), c, 3, 1, nn.ResidualBranches(branches)),
			nn.NewFeedForward(s.At("c"), c, 4*c, "relu", branches),
			nn.NewGatedMLP(s.At("d"), c, 2*c, nn.SwiGLU, branches),
		} {
			p := nn.NewPass(s, nn.Inference)
			x := p.Input(normal(uint64(i+1), 2, 5, c))
			require.Equal(t, x.Data(), nn.NewResidual(s.At("residual", i), nil, branch).Forward(p, x).Data(), "branch %d, %s", i, scheme)
		}
	}
}
