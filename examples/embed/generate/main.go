// Command generate trains the weights that the example embeds, and saves them in bfloat16 under the given name.
package main

import (
	"log"
	"os"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run ./generate FILE")
	}
	if err := safetensors.Save(os.Args[1], train().Tensors(), dtype.BF16); err != nil {
		log.Fatal(err)
	}
}

// train returns the parameters of a small perceptron that reads digits.
func train() *nn.Store {
	const epochs, batch = 40, 32
	digits, _ := data.Digits()
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 64, 32, 10)
	steps := (digits.Len() + batch - 1) / batch * epochs
	opt := optim.NewAdamW(s, 5e-3, optim.Scheduled(optim.Cosine(steps, 0)))
	p := nn.NewPass(s, nn.Training)
	for epoch := range epochs {
		for b := range digits.Batches(batch, s.Rand("batches", epoch)) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
		}
	}
	return s
}
