package nn_test

import (
	"fmt"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// A sequence of 4 steps runs through two layers, forth and back.
func ExampleNewLSTM() {
	s := nn.NewStore(1, initializer.PyTorchDefault())
	l := nn.NewLSTM(s.At("lstm"), nn.RecurrentConfig{In: 3, Hidden: 5, Layers: 2, Bidirectional: true})
	p := nn.NewPass(s, nn.Inference)
	y, end := l.ForwardFrom(p, p.Input(normal(1, 2, 4, 3)), nn.State{})
	fmt.Println(y.Shape(), len(end.H), end.C[3].Shape())
	fmt.Println(s.Params()[0].Name, s.Params()[0].Shape)
	// Output:
	// [2 4 10] 4 [2 5]
	// lstm.weight_ih_l0 [20 3]
}
