// Command topython trains a perceptron, saves it and prints the Python program that opens the file with PyTorch.
//
//	go run ./examples/topython > open.py && python3 open.py
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func main() {
	if err := run(os.Stdout, "digits.safetensors", 10); err != nil {
		log.Fatal(err)
	}
}

// python opens the file: nn.Sequential numbers its layers as Heft's MLP does, so the names are 0.weight, 0.bias,
// 3.weight and 3.bias.
const python = `import torch
from safetensors.torch import load_file

net = torch.nn.Sequential(
    torch.nn.Linear(64, 128),
    torch.nn.ReLU(),
    torch.nn.Dropout(0.2),
    torch.nn.Linear(128, 10),
)
net.load_state_dict(load_file(%q))
net.eval()
with torch.no_grad():
    print([round(y, 4) for y in net(torch.full((64,), 0.5)).tolist()])
`

func run(w io.Writer, path string, epochs int) error {
	train, _ := data.Digits()
	s := nn.NewStore(1, initializer.PyTorchDefault())
	net := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{64, 128, 10}, Dropout: 0.2})
	opt := optim.NewAdamW(s, 3e-3)
	p := nn.NewPass(s, nn.Training)
	for epoch := range epochs {
		for b := range train.Batches(64, s.Rand("batches", epoch)) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
		}
	}
	if err := safetensors.Save(path, s.Tensors(), dtype.F32); err != nil {
		return err
	}
	fmt.Fprintf(w, python, path)
	_, err := fmt.Fprintf(w, "# Heft prints %.4f\n", onGray(s, net))
	return err
}

// onGray returns what the network says to an image whose pixels are all 0.5.  [10]
func onGray(s *nn.Store, net nn.Layer) []float32 {
	gray := make([]float32, 64)
	for i := range gray {
		gray[i] = 0.5
	}
	p := nn.NewPass(s, nn.Inference)
	return net.Forward(p, p.Input(autograd.From(gray, 64))).Data()
}
