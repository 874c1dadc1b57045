package nn

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// Tensor is what layers compute with.
type Tensor = autograd.Tensor[float32]

// Labels are class indices.
type Labels = autograd.Labels

// Param is a described block of numbers owned by a Store. Compute with it through [Pass.Of].
type Param struct {
	initializer.Param
	// Data holds the values in row-major order. Write it between passes only.
	Data []float32
	// Frozen parameters get no gradient, so optimizers leave them alone.
	Frozen bool

	index int // in the Store
}

// Trainable tells whether a gradient may flow to the parameter.
func (p *Param) Trainable() bool { return !p.Frozen && p.Kind != initializer.Buffer }

// misuse panics with an [*autograd.UsageError] of this package.
func misuse(op, format string, args ...any) {
	panic(&autograd.UsageError{Op: "nn: " + op, Reason: fmt.Sprintf(format, args...)})
}
