package nn_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/nn"
)

// TestAWatchedBlockHasTheBitsOfOneThatSavesMemory: a pass that nobody watches puts sums in the place of their terms, and
// computes activations twice.
func TestAWatchedBlockHasTheBitsOfOneThatSavesMemory(t *testing.T) {
	t.Parallel()
	const c = 32
	run := func(prepare func(p *nn.Pass)) (all [][]float32, memory int) {
		s := newStore()
		block := nn.NewTransformerBlock(s.At("h"),
			nn.NewResidual(s.At("residual_1"), nn.NewLayerNorm(s.At("ln_1"), c), nn.NewSelfAttention(s.At("attn"), c, 4, nn.Causal()), nn.BranchDropout(0.1)),
			nn.NewResidual(s.At("residual_2"), nn.NewLayerNorm(s.At("ln_2"), c), nn.NewFeedForward(s.At("mlp"), c, 4*c, "gelu_tanh", 0)))
		p := nn.NewPass(s, nn.Training)
		prepare(p)
		y := block.Forward(p, block.Forward(p, p.Input(normal(1, 4, 64, c))))
		all = append(all, slices.Clone(y.Data()))
		grads := p.BackwardFrom(y, normal(2, 4, 64, c).Data())
		for _, w := range s.Params() {
			all = append(all, slices.Clone(grads.Of(w)))
		}
		memory, _ = p.Tape().Memory()
		return all, memory
	}
	alone, least := run(func(*nn.Pass) {})
	for name, watch := range map[string]func(p *nn.Pass){
		"by a probe":  func(p *nn.Pass) { p.Probe = newRecorder() },
		"op after op": func(p *nn.Pass) { p.Tape().Observe = func(string, *nn.Tensor) {} },
	} {
		watched, memory := run(watch)
		assert.Equal(t, alone, watched, name)
		assert.Less(t, float64(least), 0.9*float64(memory), name)
	}
}
