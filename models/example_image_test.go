package models_test

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

func ExampleNewResNet() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := models.NewResNet(s.Root(), models.ResNetConfig{
		Image: models.Image{Channels: 3, Height: 32, Width: 32}, Outputs: 10, Depth: 20,
	})
	p := nn.NewPass(s, nn.Inference)
	x := autograd.From(make([]float32, 4*3*32*32), 4, 3, 32, 32)
	fmt.Println(net.Forward(p, p.Input(x)).Shape(), len(net.Blocks), "blocks")
	fmt.Println(s.Param("layer2.0.downsample.0.weight").Shape)
	// Output:
	// [4 10] 9 blocks
	// [32 16 1 1]
}

func ExampleLeNet5Config_Check() {
	fmt.Println(models.LeNet5Config{Image: models.Image{Channels: 1, Height: 8, Width: 8}, Outputs: 10}.Check())
	// Output: lenet5: Image is 1x8x8, but images must have at least 12 by 12 pixels
}
