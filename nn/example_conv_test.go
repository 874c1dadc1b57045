package nn_test

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// A convolutional network for images of one channel, 28 by 28: names and shapes are those of PyTorch's nn.Sequential.
func ExampleNewConv2d() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewSequential(s.Root(),
		nn.NewConv2d(s.At(0), 1, 8, 3, nn.Stride(2), nn.Padding(1)),
		nn.NewReLU(s.At(1)),
		nn.NewMaxPool2d(s.At(2), 2),
		nn.NewFlatten(s.At(3)),
		nn.NewLinear(s.At(4), 8*7*7, 10),
	)
	for _, p := range s.Params() {
		fmt.Println(p.Name, p.Shape, "fan in", p.FanIn)
	}
	p := nn.NewPass(s, nn.Inference)
	fmt.Println(net.Forward(p, p.Input(autograd.From(make([]float32, 2*28*28), 2, 1, 28, 28))).Shape())
	// Output:
	// 0.weight [8 1 3 3] fan in 9
	// 0.bias [8] fan in 9
	// 4.weight [10 392] fan in 392
	// 4.bias [10] fan in 392
	// [2 10]
}
