package models

import (
	"fmt"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// LeNet300 is LeNet-300-100, the perceptron of two hidden layers of LeCun, Bottou, Bengio and Haffner, "Gradient-based
// learning applied to document recognition", Proceedings of the IEEE 86 (1998), section III.C.3, with ReLU as it is used
// today.
type LeNet300 struct {
	nn.Named
	Config        LeNet300Config
	FC1, FC2, FC3 *nn.Linear
	act1, act2    *nn.Activation
	drop1, drop2  *nn.Dropout
}

// LeNet300Config describes a LeNet300.
type LeNet300Config struct {
	Features   int     // numbers of a sample
	Outputs    int     // classes, or numbers of a regression
	Activation string  // between layers; "" means relu
	Dropout    float64 // after each activation
}

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c LeNet300Config) Check() error {
	switch {
	case c.Features < 1 || c.Features > mostFC1/300:
		return &ConfigError{"lenet300", "Features", c.Features, fmt.Sprintf("it must be from 1 to %d", mostFC1/300)}
	case c.Outputs < 1:
		return &ConfigError{"lenet300", "Outputs", c.Outputs, "it must be 1 or more"}
	}
	return checkHidden("lenet300", c.Activation, c.Dropout)
}

// NewLeNet300 declares fc1 [300, features], fc2 [100, 300] and fc3 [outputs, 100]. A configuration that cannot be panics
// with a [*ConfigError].
func NewLeNet300(s *nn.Scope, c LeNet300Config) *LeNet300 {
	must(c.Check())
	return &LeNet300{
		Named: s.Named(), Config: c,
		FC1:  nn.NewLinear(s.At("fc1"), c.Features, 300),
		FC2:  nn.NewLinear(s.At("fc2"), 300, 100),
		FC3:  nn.NewLinear(s.At("fc3").Part(initializer.Head), 100, c.Outputs),
		act1: activation(s.At("act1"), c.Activation), act2: activation(s.At("act2"), c.Activation),
		drop1: nn.NewDropout(s.At("dropout1"), c.Dropout), drop2: nn.NewDropout(s.At("dropout2"), c.Dropout),
	}
}

// Forward computes y [n, outputs] from x [n, ...], whatever shape a sample has.
func (m *LeNet300) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	x = m.drop1.Forward(p, m.act1.Forward(p, m.FC1.Forward(p, x.Flatten(1))))
	x = m.drop2.Forward(p, m.act2.Forward(p, m.FC2.Forward(p, x)))
	return p.Tap(m, m.FC3.Forward(p, x))
}
