package models

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// LeNet5 is the convolutional network of LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
// recognition", Proceedings of the IEEE 86 (1998), section II.B, as it is built today: ReLU and maxima where the paper has
// tanh and trained means, every plane of the second convolution sees all of the first, and the end is a linear layer.
//
//	conv1 5x5, 6 planes, padding 2 · pool 2 · conv2 5x5, 16 planes · pool 2 · fc1 120 · fc2 84 · fc3
//
// The padding makes of 28 by 28 pixels what the paper makes of 32 by 32, where its images have a margin.
type LeNet5 struct {
	nn.Named
	Config        LeNet5Config
	Conv1, Conv2  *nn.Conv2d
	FC1, FC2, FC3 *nn.Linear
	acts          [4]*nn.Activation
	pools         [2]*nn.MaxPool2d
	drops         [2]*nn.Dropout
}

// LeNet5Config describes a LeNet5.
type LeNet5Config struct {
	Image      Image   // at least 12 by 12 pixels
	Outputs    int     // classes, or numbers of a regression
	Activation string  // "" means relu
	Dropout    float64 // after fc1 and fc2
}

// leastLeNet5 is the side of which the second pooling leaves a pixel.
const leastLeNet5 = 12

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c LeNet5Config) Check() error {
	if err := c.Image.check("lenet5", leastLeNet5, c.Outputs); err != nil {
		return err
	}
	if err := c.Image.checkFC1("lenet5", c.Flat(), 120); err != nil {
		return err
	}
	return checkHidden("lenet5", c.Activation, c.Dropout)
}

// Flat returns how many numbers of a sample the convolutions and the poolings leave: what fc1 takes.
func (c LeNet5Config) Flat() int {
	side := func(pixels int) int { return (pixels/2 - 4) / 2 }
	return 16 * side(c.Image.Height) * side(c.Image.Width)
}

// NewLeNet5 declares conv1, conv2, fc1, fc2 and fc3, each with weight and bias. A configuration that cannot be panics with
// a [*ConfigError].
func NewLeNet5(s *nn.Scope, c LeNet5Config) *LeNet5 {
	must(c.Check())
	m := &LeNet5{
		Named: s.Named(), Config: c,
		Conv1: nn.NewConv2d(s.At("conv1"), c.Image.Channels, 6, 5, nn.Padding(2)),
		Conv2: nn.NewConv2d(s.At("conv2"), 6, 16, 5),
		FC1:   nn.NewLinear(s.At("fc1"), c.Flat(), 120),
		FC2:   nn.NewLinear(s.At("fc2"), 120, 84),
		FC3:   nn.NewLinear(s.At("fc3").Part(initializer.Head), 84, c.Outputs),
	}
	for i := range m.acts {
		m.acts[i] = activation(s.At("act", i), c.Activation)
	}
	for i := range m.pools {
		m.pools[i] = nn.NewMaxPool2d(s.At("pool", i), 2)
		m.drops[i] = nn.NewDropout(s.At("dropout", i), c.Dropout)
	}
	return m
}

// Forward computes y [n, outputs] from x [n, c, height, width], or from the same numbers in another shape [n, ...].
func (m *LeNet5) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	x = m.Config.Image.planes(x)
	x = m.pools[0].Forward(p, m.acts[0].Forward(p, m.Conv1.Forward(p, x)))
	x = m.pools[1].Forward(p, m.acts[1].Forward(p, m.Conv2.Forward(p, x)))
	x = m.drops[0].Forward(p, m.acts[2].Forward(p, m.FC1.Forward(p, x.Flatten(1))))
	x = m.drops[1].Forward(p, m.acts[3].Forward(p, m.FC2.Forward(p, x)))
	return p.Tap(m, m.FC3.Forward(p, x))
}
