package models

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// Language is a model of text: of every position it says which token comes next.
type Language interface {
	nn.Module
	// Forward computes logits [n, t, v] from ids [n, t]; those of position i depend on ids up to i alone. On a pass with
	// a cache, ids go on where the last ones ended. Ids of another shape panic with an [*autograd.UsageError].
	Forward(p *nn.Pass, ids nn.Labels) *nn.Tensor
	// Context returns how many positions the model sees at most; 0 means any number.
	Context() int
	// Vocabulary returns how many tokens there are.
	Vocabulary() int
}

// requireSequences panics unless ids are [n, t]: an embedding takes them in any shape, and what comes after it would complain
// of something else.
func requireSequences(model string, ids nn.Labels) {
	if len(ids.Shape) != 2 {
		panic(&autograd.UsageError{Op: "models: " + model, Reason: fmt.Sprintf("ids must be [n, t], but their shape is %v", ids.Shape)})
	}
}
