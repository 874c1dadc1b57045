// Command digits trains a perceptron on handwritten digits and saves its weights in bfloat16.
//
//	go run ./examples/digits
package main

import (
	"fmt"
	"io"
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
	if err := run(os.Stdout, "digits.safetensors", 20); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, path string, epochs int) error {
	train, test := data.Digits()
	s := nn.NewStore(1, initializer.KaimingNormal()) // seed, scheme
	net := nn.NewMLP(s.Root(), 64, 128, 10)
	opt := optim.NewAdamW(s, 1e-3)
	p := nn.NewPass(s, nn.Training) // tape, memory, randomness, probes: one per goroutine
	for epoch := range epochs {
		for b := range train.Batches(64, s.Rand("batches", epoch)) {
			p.Reset() // the last step's memory serves again
			loss := net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)
			opt.Step(p.Backward(loss))
		}
		fmt.Fprintf(w, "epoch %2d  accuracy %.1f%%\n", epoch+1, 100*nn.Accuracy(s, net, test.X, test.Y))
	}
	if err := safetensors.Save(path, s.Tensors(), dtype.BF16); err != nil {
		return err
	}
	fmt.Fprintln(w, "saved", path)
	return nil
}
