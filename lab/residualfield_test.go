package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
)

// wideResidual is a theory of residual networks that are wide enough for the limit.
func wideResidual(kind, activation string, schemes ...string) lab.Theory {
	s := fewNets(activation, schemes...)
	s.Setup.Residual, s.Setup.Depth, s.Setup.Width, s.Nets = kind, 3, 128, 30
	if testmode.Long() {
		s.Setup.Depth, s.Setup.Width, s.Nets = 4, 128, 40
	}
	return s
}

// TestResidualMomentsTendToTheory: what is measured differs from the limit of infinite width by terms of 1/N, which are
// bounded here by 4 for each block, and by chance.
func TestResidualMomentsTendToTheory(t *testing.T) {
	t.Parallel()
	activations := []string{"relu"}
	if testmode.Long() {
		activations = append(activations, "tanh", "gelu")
	}
	for _, kind := range lab.Residuals() {
		for _, activation := range activations {
			t.Run(kind+" "+activation, func(t *testing.T) {
				t.Parallel()
				schemes := []string{"kaiming-uniform", "gpt2(0.1)"}
				if testmode.Long() {
					schemes = append(schemes, "xavier-normal", "pytorch-default")
				}
				s := wideResidual(kind, activation, schemes...)
				f := theory(t, s)
				allowed := 4 * float64(s.Setup.Depth) / float64(s.Setup.Width)
				for _, c := range f.Results {
					for l := range c.Activation {
						for what, x := range map[string]lab.Compared{"activation": c.Activation[l], "gradient": c.Gradient[l]} {
							assert.LessOrEqual(t, math.Abs(x.Measured-x.Predicted), f.Tolerance*x.Error+allowed*x.Predicted,
								"%s, %s of block %d: %+v", c.Name, what, l+1, x)
						}
					}
				}
			})
		}
	}
}

// A branch of two linear layers of n gain²/n weights with a ReLU between them returns gain⁴/2 times the mean square of what
// enters, and a plain residual stream gains as much in every block.
func TestResidualTheoryAddsTheBranchToTheStream(t *testing.T) {
	t.Parallel()
	narrow := wideResidual(lab.PlainResidual, "relu", "kaiming-normal(gain=1)", "kaiming-normal(gain=1.4142135623730951)")
	narrow.Setup.Width = 8 // predictions alone are looked at
	f := theory(t, narrow)
	half, twice := f.Results[0].Activation, f.Results[1].Activation
	for l := 1; l < len(half); l++ {
		assert.InEpsilon(t, 1.5, half[l].Predicted/half[l-1].Predicted, 1e-6)
		assert.InEpsilon(t, 3, twice[l].Predicted/twice[l-1].Predicted, 1e-6)
	}
}

func TestResidualTheoryOfOneKindIsNotThatOfAnother(t *testing.T) {
	t.Parallel()
	of := func(kind string) lab.TheoryCase {
		s := wideResidual(kind, "relu", "kaiming-normal")
		s.Setup.Width = 8
		return theory(t, s).Results[0]
	}
	pre, post := of(lab.PreNormResidual), of(lab.PostNormResidual)
	last := len(pre.Activation) - 1
	assert.InDelta(t, 1, post.Activation[last].Predicted, 1e-3)
	assert.InEpsilon(t, 2, pre.Activation[1].Predicted-pre.Activation[0].Predicted, 1e-3, "each block adds 2")
}
