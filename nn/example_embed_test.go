package nn_test

import (
	"bytes"
	_ "embed"
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

//go:embed testdata/xor.safetensors
var weights []byte

// A program can carry its weights, and needs no file to predict.
func Example_embeddedWeights() {
	s := nn.NewStore(1, initializer.Zeros())
	net := nn.NewMLP(s.Root(), 2, 8, 2)
	f, err := safetensors.NewReader(bytes.NewReader(weights), int64(len(weights)))
	if err == nil {
		_, err = s.Load(f.All())
	}
	p := nn.NewPass(s, nn.Inference)
	x := p.Input(autograd.From([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2))
	fmt.Println(net.Forward(p, x).ArgMax(-1).Data, err)
	// Output: [0 1 1 0] <nil>
}
