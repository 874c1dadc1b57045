package models

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// ResNet is the residual network for small images of He, Zhang, Ren and Sun, "Deep residual learning for image
// recognition", 2015, arXiv:1512.03385, section 4.2: a convolution, three stages of blocks with 16, 32 and 64 planes, the
// second and the third at half the size of the one before, the mean of each plane, and a linear layer.
//
// Where a stage begins, the shortcut is a projection, convolution 1x1 and batch norm (the paper's option B; its section
// 4.2 pads with zeros, option A). Parameters have the names of torchvision's ResNet: conv1, bn1, layer1.0.conv1, ...,
// layer2.0.downsample.0, ..., fc.
type ResNet struct {
	nn.Named
	Config ResNetConfig
	Conv1  *nn.Conv2d
	BN1    *nn.BatchNorm2d
	Blocks []*ResNetBlock // of all stages, in order
	FC     *nn.Linear
	act    *nn.Activation
	mean   *nn.AdaptiveAvgPool2d
}

// ResNetConfig describes a ResNet.
type ResNetConfig struct {
	Image      Image
	Outputs    int    // classes, or numbers of a regression
	Depth      int    // layers with weights on the way: 6n+2 for n blocks a stage, 20 for the smallest of the paper
	Activation string // "" means relu
}

// mostDepth is the depth of the largest network of the paper's section 4.2.
const mostDepth = 1202

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c ResNetConfig) Check() error {
	if err := c.Image.check("resnet", 1, c.Outputs); err != nil {
		return err
	}
	if c.Depth < 8 || c.Depth > mostDepth || c.Depth%6 != 2 {
		return &ConfigError{"resnet", "Depth", c.Depth, "it must be 6n+2 for n blocks a stage: 8, 14, 20, ..., 1202"}
	}
	return checkHidden("resnet", c.Activation, 0)
}

// NewResNet declares the network. Convolutions have no bias, for batch norm follows each. A configuration that cannot be
// panics with a [*ConfigError].
func NewResNet(s *nn.Scope, c ResNetConfig) *ResNet {
	must(c.Check())
	m := &ResNet{
		Named: s.Named(), Config: c,
		Conv1: nn.NewConv2d(s.At("conv1"), c.Image.Channels, 16, 3, nn.Padding(1), nn.NoBias()),
		BN1:   nn.NewBatchNorm2d(s.At("bn1"), 16),
		act:   activation(s.At("act"), c.Activation),
		mean:  nn.NewAdaptiveAvgPool2d(s.At("avgpool"), 1, 1),
	}
	in, blocks := 16, (c.Depth-2)/6
	for stage, planes := range []int{16, 32, 64} {
		for i := range blocks {
			stride := 1
			if stage > 0 && i == 0 {
				stride = 2
			}
			m.Blocks = append(m.Blocks, NewResNetBlock(s.At([]string{"layer1", "layer2", "layer3"}[stage], i), in, planes, stride, c.Activation, 3*blocks))
			in = planes
		}
	}
	m.FC = nn.NewLinear(s.At("fc").Part(initializer.Head), in, c.Outputs)
	return m
}

// Forward computes y [n, outputs] from x [n, c, height, width], or from the same numbers in another shape [n, ...].
func (m *ResNet) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	x = m.act.Forward(p, m.BN1.Forward(p, m.Conv1.Forward(p, m.Config.Image.planes(x))))
	for _, b := range m.Blocks {
		x = b.Forward(p, x)
	}
	return p.Tap(m, m.FC.Forward(p, m.mean.Forward(p, x).Flatten(1)))
}
