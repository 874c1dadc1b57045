package benchmarks

import (
	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// NewLeNet5 makes LeNet-5 as it is built today, with ReLU and max pooling, on images [batch, 1, 28, 28] of ten classes.
func NewLeNet5(batch int, opts ...nn.PassOption) *Network {
	return newImageNetwork(batch, opts,
		convolution(1, 6, 5, 28, nn.Padding(2)), relu, pool,
		convolution(6, 16, 5, 10), relu, pool,
		flatten, linear(400, 120), relu, linear(120, 84), relu, linear(84, 10),
	)
}

// NewCNN makes the network of PyTorch's example for MNIST without its dropout, on images [batch, 1, 28, 28] of ten classes.
func NewCNN(batch int, opts ...nn.PassOption) *Network {
	return newImageNetwork(batch, opts,
		convolution(1, 32, 3, 26), relu, convolution(32, 64, 3, 24), relu, pool,
		flatten, linear(9216, 128), relu, linear(128, 10),
	)
}

// part is a layer of a network and the multiplications of its forward for each image.
type part struct {
	multiplications int
	layer           func(s *nn.Scope) nn.Layer
}

var (
	relu    = part{0, func(s *nn.Scope) nn.Layer { return nn.NewReLU(s) }}
	pool    = part{0, func(s *nn.Scope) nn.Layer { return nn.NewMaxPool2d(s, 2) }}
	flatten = part{0, func(s *nn.Scope) nn.Layer { return nn.NewFlatten(s) }}
)

// convolution makes planes of side by side elements.
func convolution(in, out, kernel, side int, opts ...nn.ConvOption) part {
	return part{in * out * kernel * kernel * side * side, func(s *nn.Scope) nn.Layer { return nn.NewConv2d(s, in, out, kernel, opts...) }}
}

func linear(in, out int) part {
	return part{in * out, func(s *nn.Scope) nn.Layer { return nn.NewLinear(s, in, out) }}
}

// newImageNetwork names parts as nn.Sequential does. Nobody wants the gradient of the images.
func newImageNetwork(batch int, opts []nn.PassOption, parts ...part) *Network {
	n := newNetwork(initializer.KaimingNormal(), opts...)
	layers := make([]nn.Layer, len(parts))
	for i, p := range parts {
		layers[i] = p.layer(n.Store.At(i))
		n.flops += float64(min(i, 1)+2) * 2 * float64(batch) * float64(p.multiplications)
	}
	net := nn.NewSequential(n.Store.Root(), layers...)
	n.X, n.Y = autograd.From(Normal(batch*28*28), batch, 1, 28, 28), labels(10, batch)
	n.run = func(p *nn.Pass) *nn.Tensor { return net.Forward(p, p.Input(n.X)) }
	n.begin()
	return n
}
