package lab_test

import (
	"context"
	"fmt"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// Xavier's start takes half of a ReLU network's signal in every layer.
func ExampleNew() {
	e, err := lab.New(lab.Setup{
		Data: "spiral", Depth: 12, Width: 64, Activation: "relu", Scheme: "xavier-normal",
		Optimizer: "sgd", LR: 0.1, Batch: 32, Steps: 100, Seed: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, l := range e.Hidden(e.Measure()) {
		if i%4 == 3 {
			fmt.Printf("layer %2d: %.3f\n", i+1, l.Activation.Std)
		}
	}
	trace, err := e.Run(context.Background(), 50)
	fmt.Println(len(trace.Losses), "steps,", len(trace.Snapshots), "snapshots, error:", err)
	// Output:
	// layer  4: 0.051
	// layer  8: 0.012
	// layer 12: 0.003
	// 100 steps, 3 snapshots, error: <nil>
}

// Any model can be measured: here one whose second layer is too small by a factor of a thousand.
func ExampleMeasure() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 16, 64, 64, 10)
	for i := range s.Param("2.weight").Data {
		s.Param("2.weight").Data[i] /= 1000
	}
	for _, l := range lab.Measure(s, net, gaussian(64, 16, 1), labels(64, 10)).Of("Linear") {
		fmt.Printf("%s  activations %.4f  gradients %.4f\n", l.Path, l.Activation.Std, l.Gradient.Std)
	}
	// Output:
	// 0  activations 1.3765  gradients 0.0001
	// 2  activations 0.0013  gradients 0.1220
	// 4  activations 0.0013  gradients 0.3000
}

func ExampleLSUV() {
	s := nn.NewStore(1, initializer.Zeros()) // it replaces weights, so any scheme will do
	net := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{16, 32, 32, 4}, Activation: "gelu"})
	fitted, err := lab.LSUV(s, net, gaussian(256, 16, 1))
	for _, f := range fitted {
		fmt.Printf("%s: variance %.2f -> %.2f\n", f.Path, f.Before, f.Variance)
	}
	fmt.Println(err)
	// Output:
	// 0: variance 0.49 -> 1.00
	// 2: variance 0.43 -> 1.00
	// 4: variance 0.59 -> 1.00
	// <nil>
}
