package nn

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/suggest"
)

// Activation applies a function to every value.
type Activation struct {
	Named
	name   string
	f      func(x *Tensor) *Tensor
	points autograd.Pointwise[float32] // where a linear layer may compute f again
}

// activations is every nonlinearity that has a name, with the settings PyTorch's module has by default.
var activations = []struct {
	name   string
	f      func(x *Tensor) *Tensor
	points func() autograd.Pointwise[float32]
}{
	{name: "relu", f: (*Tensor).ReLU},
	{name: "leaky_relu", f: func(x *Tensor) *Tensor { return x.LeakyReLU(0.01) }},
	{name: "elu", f: func(x *Tensor) *Tensor { return x.ELU(1) }},
	{"gelu", (*Tensor).GELU, autograd.GELUPoints[float32]},
	{"gelu_tanh", (*Tensor).GELUTanh, autograd.GELUTanhPoints[float32]},
	{"silu", (*Tensor).SiLU, autograd.SiLUPoints[float32]},
	{name: "sigmoid", f: (*Tensor).Sigmoid},
	{name: "tanh", f: (*Tensor).Tanh},
	{name: "softplus", f: (*Tensor).Softplus},
	{name: "identity", f: func(x *Tensor) *Tensor { return x }},
}

// ActivationNames lists the names that NewActivation knows.
func ActivationNames() (names []string) {
	for _, a := range activations {
		names = append(names, a.name)
	}
	return names
}

// CheckActivation returns an error that lists the known names unless the name is one of them.
func CheckActivation(name string) error {
	for _, a := range activations {
		if a.name == name {
			return nil
		}
	}
	return fmt.Errorf("no activation is called %q%s: use one of %s", name, suggest.For(name, ActivationNames()), strings.Join(ActivationNames(), ", "))
}

// NewActivation returns a layer for a nonlinearity by name. An unknown name panics with an [*autograd.UsageError]; see
// [CheckActivation] for names that come from outside.
func NewActivation(s *Scope, name string) *Activation {
	for _, a := range activations {
		if a.name == name {
			l := &Activation{Named: s.Named(), name: name, f: a.f}
			if a.points != nil {
				l.points = a.points()
			}
			return l
		}
	}
	misuse("activation", "%v", CheckActivation(name))
	return nil
}

// NewReLU is NewActivation(s, "relu").
func NewReLU(s *Scope) *Activation { return NewActivation(s, "relu") }

// String returns the activation's name.
func (l *Activation) String() string { return l.name }

// Forward computes y from x, of any equal shape.
func (l *Activation) Forward(p *Pass, x *Tensor) *Tensor { return p.Tap(l, l.f(x)) }
