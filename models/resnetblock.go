package models

import "github.com/heft-ml/heft/nn"

// ResNetBlock is the basic block of a [ResNet]: two convolutions 3x3, each with batch norm, beside a shortcut
// (arXiv:1512.03385, figure 2).
//
//	y = act(bn2(conv2(act(bn1(conv1(x))))) + shortcut(x))
type ResNetBlock struct {
	nn.Named
	Conv1, Conv2 *nn.Conv2d
	BN1, BN2     *nn.BatchNorm2d
	Downsample   *nn.Sequential // convolution 1x1 and batch norm; nil where x has the shape of y
	act1, act2   *nn.Activation
}

// NewResNetBlock declares conv1, bn1, conv2, bn2 and, unless the stride is 1 and the planes stay as many, downsample.0 and
// downsample.1. branches is how many such blocks the network has, which initialization may go by; 0 says that it is in
// none. The end of a branch is the scale of bn2: a convolution that starts at 0 would be blown up by the norm after it.
func NewResNetBlock(s *nn.Scope, in, planes, stride int, act string, branches int) *ResNetBlock {
	inside := s.Inside(branches, 3) // two convolutions and the scale
	b := &ResNetBlock{
		Named: s.Named(),
		Conv1: nn.NewConv2d(inside.At("conv1"), in, planes, 3, nn.Stride(stride), nn.Padding(1), nn.NoBias()),
		BN1:   nn.NewBatchNorm2d(s.At("bn1"), planes),
		Conv2: nn.NewConv2d(inside.At("conv2"), planes, planes, 3, nn.Padding(1), nn.NoBias()),
		BN2:   nn.NewBatchNorm2d(s.At("bn2").Residual(branches), planes),
		act1:  activation(s.At("act1"), act), act2: activation(s.At("act2"), act),
	}
	if in != planes || stride != 1 {
		d := s.At("downsample")
		b.Downsample = nn.NewSequential(d,
			nn.NewConv2d(d.At(0), in, planes, 1, nn.Stride(stride), nn.NoBias()), nn.NewBatchNorm2d(d.At(1), planes))
	}
	return b
}

// Forward computes y [n, planes, rows, columns] from x [n, in, height, width].
func (b *ResNetBlock) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	y := b.act1.Forward(p, b.BN1.Forward(p, b.Conv1.Forward(p, x)))
	y = b.BN2.Forward(p, b.Conv2.Forward(p, y))
	if b.Downsample != nil {
		x = b.Downsample.Forward(p, x)
	}
	return p.Tap(b, b.act2.Forward(p, y.Add(x)))
}
