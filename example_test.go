package heft_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// A perceptron learns handwritten digits, and its weights are saved in bfloat16 for Go and Python to open.
func Example() {
	train, test := data.Digits()
	s := nn.NewStore(1, initializer.KaimingNormal()) // seed, scheme
	net := nn.NewMLP(s.Root(), 64, 128, 10)
	opt := optim.NewAdamW(s, 3e-3)
	p := nn.NewPass(s, nn.Training) // tape, memory, randomness, probes: one per goroutine
	for epoch := range 8 {
		for b := range train.Batches(64, s.Rand("batches", epoch)) {
			p.Reset() // the last step's memory serves again
			loss := net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)
			opt.Step(p.Backward(loss))
		}
	}
	fmt.Printf("accuracy %.0f%%\n", 100*nn.Accuracy(s, net, test.X, test.Y))

	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "digits.safetensors")
	if err := safetensors.Save(path, s.Tensors(), dtype.BF16); err != nil {
		panic(err)
	}
	tensors, _, err := safetensors.Load(path)
	if err != nil {
		panic(err)
	}
	for _, t := range tensors {
		fmt.Println(t.Name, t.DType, t.Shape)
	}
	// Output:
	// accuracy 96%
	// 0.bias BF16 [128]
	// 0.weight BF16 [128 64]
	// 2.bias BF16 [10]
	// 2.weight BF16 [10 128]
}
