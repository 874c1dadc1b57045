package nn

import initializer "github.com/heft-ml/heft/init"

// MLP is a multilayer perceptron: linear layers with an activation between them, named as PyTorch's
// nn.Sequential(Linear, ReLU, Linear, ...) names them: 0.weight, 0.bias, 2.weight, ...
type MLP struct {
	Sequential
	Config MLPConfig
}

// MLPConfig describes an MLP.
type MLPConfig struct {
	Widths     []int   // features: in, hidden ..., out
	Activation string  // between layers; "" means relu
	Dropout    float64 // after each activation; 0 means no dropout layers
}

// NewMLP declares an MLP with ReLU between layers of the given widths: in, hidden ..., out.
func NewMLP(s *Scope, widths ...int) *MLP { return NewMLPOf(s, MLPConfig{Widths: widths}) }

// NewMLPOf declares the MLP that the configuration describes. The last layer is the [initializer.Head], and all layers but
// the first say that their fan_in grows with the first hidden width. Fewer than two widths, or one below 1, panics with an
// [*autograd.UsageError].
func NewMLPOf(s *Scope, c MLPConfig) *MLP {
	if len(c.Widths) < 2 {
		misuse("mlp", "widths are %v, but an input and an output are needed", c.Widths)
	}
	if c.Activation == "" {
		c.Activation = "relu"
	}
	m := &MLP{Sequential: Sequential{Named: s.Named()}, Config: c}
	next := func() *Scope { return s.At(len(m.Layers)) }
	for i, out := range c.Widths[1:] {
		if in := c.Widths[i]; in < 1 || out < 1 {
			misuse("mlp", "widths are %v, but each must be 1 or more", c.Widths)
		}
		if i > 0 {
			m.Layers = append(m.Layers, NewActivation(next(), c.Activation))
			if c.Dropout != 0 {
				m.Layers = append(m.Layers, NewDropout(next(), c.Dropout))
			}
		}
		at := next()
		if i > 0 {
			at = at.Width(c.Widths[1])
		}
		if i == len(c.Widths)-2 {
			at = at.Part(initializer.Head)
		}
		m.Layers = append(m.Layers, NewLinear(at, c.Widths[i], out))
	}
	return m
}

// Forward computes y [..., out] from x [..., in].
func (m *MLP) Forward(p *Pass, x *Tensor) *Tensor { return p.Tap(m, m.run(p, x)) }
