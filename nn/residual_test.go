package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// halfway is a residual whose norm and branch are known: the branch doubles.
func halfway(s *nn.Store, norm nn.Layer, opts ...nn.ResidualOption) *nn.Residual {
	branch := nn.NewLinear(s.At("double"), 2, 2, nn.NoBias())
	copy(branch.Weight.Data, []float32{2, 0, 0, 2})
	return nn.NewResidual(s.At("residual"), norm, branch, opts...)
}

func TestAResidualAddsItsBranch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		norm bool
		opts []nn.ResidualOption
		want []float64
	}{
		{"none", false, nil, []float64{3, -9}},
		{"scaled", false, []nn.ResidualOption{nn.ResidualScale(0.25)}, []float64{1.5, -4.5}},
		{"before", true, nil, []float64{3, -5}},
		{"before, scaled", true, []nn.ResidualOption{nn.ResidualScale(-1)}, []float64{-1, -1}},
		{"after", true, []nn.ResidualOption{nn.PostNorm()}, []float64{1, -1}},
	} {
		s := newStore()
		var norm nn.Layer
		if c.norm {
			norm = nn.NewLayerNorm(s.At("norm"), 2)
		}
		p := nn.NewPass(s, nn.Inference)
		y := halfway(s, norm, c.opts...).Forward(p, autograd.From([]float32{1, -3}, 1, 2)) // their norm is 1, -1
		for i, want := range c.want {
			assert.InDelta(t, want, y.Data()[i], 1e-4, c.name)
		}
	}
}

func TestAResidualDropsWhatItsBranchReturnsInTrainingOnly(t *testing.T) {
	t.Parallel()
	for _, o := range []nn.ResidualOption{nn.BranchDropout(1), nn.StochasticDepth(1)} {
		s := newStore()
		l := halfway(s, nil, o)
		x := normal(1, 5, 2)
		require.Equal(t, x.Data(), l.Forward(nn.NewPass(s, nn.Training), x).Data())
		require.InDelta(t, 3*x.Data()[0], l.Forward(nn.NewPass(s, nn.Inference), x).Data()[0], 1e-5)
	}
}

func TestResidualsRefuseSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	at := func() *nn.Scope { return newStore().At("m") }
	requireUsageError(t, `"m": there is no branch to add`, func() { nn.NewResidual(at(), nil, nil) })
	requireUsageError(t, `"m": PostNorm needs a norm`, func() { nn.NewResidual(at(), nil, nn.NewReLU(at()), nn.PostNorm()) })
	requireUsageError(t, `"m": the scale is +Inf, but must be finite`, func() { nn.NewResidual(at(), nil, nn.NewReLU(at()), nn.ResidualScale(math.Inf(1))) })
	requireUsageError(t, `"m.dropout": the probability is 2, but must be in [0, 1]`, func() { nn.NewResidual(at(), nil, nn.NewReLU(at()), nn.BranchDropout(2)) })
	requireUsageError(t, `"m.drop_path": the probability is -1, but must be in [0, 1]`, func() { nn.NewResidual(at(), nil, nn.NewReLU(at()), nn.StochasticDepth(-1)) })
	requireUsageError(t, `a residual stream cannot have -1 branches`, func() { nn.ResidualBranches(-1) })
	requireUsageError(t, `"m": there is no gated unit 7: use SwiGLU or GeGLU`, func() { nn.NewGatedMLP(at(), 2, 2, 7, 0) })
}

func TestProjectionsIntoTheResidualStreamAreDeclaredSo(t *testing.T) {
	t.Parallel()
	s := newStore()
	nn.NewFeedForward(s.At("a"), 4, 8, "relu", 6)
	nn.NewGatedMLP(s.At("b"), 4, 8, nn.SwiGLU, 6)
	nn.NewGatedMLP(s.At("c"), 4, 8, nn.SwiGLU, 0)
	for _, w := range s.Params() {
		into := w.Name == "a.c_proj.weight" || w.Name == "b.down_proj.weight"
		require.Equal(t, into, w.Residual, w.Name)
		if into {
			require.Equal(t, 6, w.Depth)
		}
	}
}
