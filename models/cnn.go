package models

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// CNN is the network of PyTorch's first example, for MNIST (github.com/pytorch/examples, mnist/main.py): two convolutions,
// one pooling, two linear layers.
//
//	conv1 3x3, 32 planes · conv2 3x3, 64 planes · pool 2 · dropout · fc1 128 · dropout · fc2
type CNN struct {
	nn.Named
	Config       CNNConfig
	Conv1, Conv2 *nn.Conv2d
	FC1, FC2     *nn.Linear
	acts         [3]*nn.Activation
	pool         *nn.MaxPool2d
	drop1, drop2 *nn.Dropout
}

// CNNConfig describes a CNN.
type CNNConfig struct {
	Image      Image   // at least 6 by 6 pixels
	Outputs    int     // classes, or numbers of a regression
	Activation string  // "" means relu
	Dropout    float64 // after fc1, and half of it after the pooling; the example has 0.5
}

// leastCNN is the side of which the pooling leaves a pixel.
const leastCNN = 6

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c CNNConfig) Check() error {
	if err := c.Image.check("cnn", leastCNN, c.Outputs); err != nil {
		return err
	}
	if err := c.Image.checkFC1("cnn", c.Flat(), 128); err != nil {
		return err
	}
	return checkHidden("cnn", c.Activation, c.Dropout)
}

// Flat returns how many numbers of a sample the convolutions and the pooling leave: what fc1 takes.
func (c CNNConfig) Flat() int {
	side := func(pixels int) int { return (pixels - 4) / 2 }
	return 64 * side(c.Image.Height) * side(c.Image.Width)
}

// NewCNN declares conv1, conv2, fc1 and fc2, each with weight and bias. A configuration that cannot be panics with a
// [*ConfigError].
func NewCNN(s *nn.Scope, c CNNConfig) *CNN {
	must(c.Check())
	m := &CNN{
		Named: s.Named(), Config: c,
		Conv1: nn.NewConv2d(s.At("conv1"), c.Image.Channels, 32, 3),
		Conv2: nn.NewConv2d(s.At("conv2"), 32, 64, 3),
		FC1:   nn.NewLinear(s.At("fc1"), c.Flat(), 128),
		FC2:   nn.NewLinear(s.At("fc2").Part(initializer.Head), 128, c.Outputs),
		pool:  nn.NewMaxPool2d(s.At("pool"), 2),
		drop1: nn.NewDropout(s.At("dropout1"), c.Dropout/2), drop2: nn.NewDropout(s.At("dropout2"), c.Dropout),
	}
	for i := range m.acts {
		m.acts[i] = activation(s.At("act", i), c.Activation)
	}
	return m
}

// Forward computes y [n, outputs] from x [n, c, height, width], or from the same numbers in another shape [n, ...].
func (m *CNN) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	x = m.acts[0].Forward(p, m.Conv1.Forward(p, m.Config.Image.planes(x)))
	x = m.acts[1].Forward(p, m.Conv2.Forward(p, x))
	x = m.drop1.Forward(p, m.pool.Forward(p, x))
	x = m.drop2.Forward(p, m.acts[2].Forward(p, m.FC1.Forward(p, x.Flatten(1))))
	return p.Tap(m, m.FC2.Forward(p, x))
}
