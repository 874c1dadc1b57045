package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

func attentionLayerCases() []layerCase {
	sequences := []int{2, 5, 12}
	packed := []string{"c_attn.weight", "c_attn.bias", "c_proj.weight", "c_proj.bias"}
	bare := []string{"q_proj.weight", "k_proj.weight", "v_proj.weight", "o_proj.weight"}
	biased := []string{"q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias", "v_proj.weight", "v_proj.bias", "o_proj.weight", "o_proj.bias"}
	return []layerCase{
		{"self-attention", func(s *nn.Scope) nn.Module { return nn.NewSelfAttention(s, 12, 3, nn.Causal()) }, packed, sequences, sequences},
		{"self-attention without bias", func(s *nn.Scope) nn.Module {
			return nn.NewSelfAttention(s, 12, 3, nn.NoBias(), nn.AttentionDropout(0.5), nn.AttentionScale(1))
		}, []string{"c_attn.weight", "c_proj.weight"}, sequences, sequences},
		{"multi-head attention", func(s *nn.Scope) nn.Module { return nn.NewMultiheadAttention(s, 12, 2) }, []string{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}, sequences, sequences},
		{"grouped-query attention", func(s *nn.Scope) nn.Module {
			return nn.NewGroupedQueryAttention(s, 12, 4, 2, nn.Causal(), nn.HeadDim(6), nn.Rotary(100))
		}, bare, sequences, sequences},
		{"grouped-query attention with biases", func(s *nn.Scope) nn.Module {
			return nn.NewGroupedQueryAttention(s, 12, 4, 2, nn.WithBias())
		}, biased, sequences, sequences},
		{"position embedding", func(s *nn.Scope) nn.Module { return nn.NewPositionEmbedding(s, 7, 12) }, []string{"weight"}, sequences, sequences},
	}
}

func TestAttentionLayersRefuseSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	at := func() *nn.Scope { return newStore().At("m") }
	requireUsageError(t, `"m" has 5 heads, which must divide its width, 12`, func() { nn.NewSelfAttention(at(), 12, 5) })
	requireUsageError(t, `"m" has 3 kv heads, which must divide its heads, 4`, func() { nn.NewGroupedQueryAttention(at(), 12, 4, 3) })
	requireUsageError(t, `"m" has a width of 12, 4 heads and 0 kv heads, but each must be 1 or more`, func() { nn.NewGroupedQueryAttention(at(), 12, 4, 0) })
	requireUsageError(t, `"m" has heads of width 3, but rotary positions need an even one`, func() { nn.NewGroupedQueryAttention(at(), 12, 4, 2, nn.Rotary(10)) })
	requireUsageError(t, `"m": HeadDim and Rotary are options of GroupedQueryAttention`, func() { nn.NewMultiheadAttention(at(), 12, 4, nn.HeadDim(2)) })
	requireUsageError(t, "the probability of dropout is 1.5, but must be in [0, 1]", func() { nn.AttentionDropout(1.5) })
	requireUsageError(t, "heads must be 1 or wider, not 0", func() { nn.HeadDim(0) })
	requireUsageError(t, "theta of rotary positions must be finite and above 0, not -1", func() { nn.Rotary(-1) })
	requireUsageError(t, "the scale must be finite, not +Inf", func() { nn.AttentionScale(math.Inf(1)) })
	requireUsageError(t, `"m" has 0 positions of width 3, but each must be 1 or more`, func() { nn.NewPositionEmbedding(at(), 0, 3) })
	s := newStore()
	wpe := nn.NewPositionEmbedding(s.At("wpe"), 4, 3)
	p := nn.NewPass(s, nn.Inference)
	requireUsageError(t, `"wpe" has 4 positions, but 5 are needed`, func() { wpe.Forward(p, p.Input(normal(1, 1, 5, 3))) })
}

func TestOnlyTheLastProjectionOfAttentionStandsInTheResidualStream(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewSelfAttention(s.At("attn"), 12, 3, nn.ResidualBranches(8))
	require.True(t, l.Out.Weight.Residual)
	require.Equal(t, 8, l.Out.Weight.Depth)
	require.False(t, l.QKV.Weight.Residual)
	require.Equal(t, 12, l.QKV.Weight.FanOut, "queries, keys and values are three matrices")
}

func TestMultiheadAttentionLooksAtItselfAsAtAnother(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewMultiheadAttention(s.At("attn"), 12, 3)
	p := nn.NewPass(s, nn.Inference)
	x := p.Input(normal(1, 2, 5, 12))
	require.Equal(t, l.Forward(p, x).Data(), l.Attend(p, x, x, x).Data())
	hidden := autograd.KeyLengths([]int{3, 3})
	few := x.Slice(1, 0, 3)
	require.Equal(t, l.Attend(p, x, few, few).Data(), l.Attend(p, x, x, x, hidden).Data())
}

func TestAttentionTakesSequencesOnly(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewGroupedQueryAttention(s.At("attn"), 12, 3, 1)
	p := nn.NewPass(s, nn.Inference)
	var e *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(func() { l.Forward(p, p.Input(normal(1, 5, 12))) }), &e)
	require.Contains(t, e.Error(), "attn [5 12]: the input must be [n, t, c]")
}
