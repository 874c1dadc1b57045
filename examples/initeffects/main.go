// Command initeffects starts the same deep perceptron in five ways, and shows what becomes of the signal on its way
// through the layers and of the loss in training.
//
//	go run ./examples/initeffects
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"text/tabwriter"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

const (
	depth = 20 // linear layers
	width = 64
)

func main() {
	if err := run(os.Stdout, 10); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, epochs int) error {
	fmt.Fprintf(w, "An MLP of %d layers, %d wide, with ReLU, on digits. ln 10 = %.3f is the loss of knowing nothing.\n\n", depth, width, math.Ln10)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "start\tstd of layer 1\t5\t10\t15\t%d\tgradient at 1\tloss after %d epochs\t\n", depth, epochs)
	for _, scheme := range []initializer.Scheme{
		initializer.Zeros(),
		initializer.Normal(0, 0.01),
		initializer.XavierNormal(),
		initializer.KaimingNormal(),
		initializer.Orthogonal(initializer.For("relu")),
	} {
		e := study(scheme, epochs)
		fmt.Fprintf(t, "%s\t", scheme)
		for _, layer := range []int{1, 5, 10, 15, depth} {
			fmt.Fprintf(t, "%.2g\t", e.up[layer-1])
		}
		fmt.Fprintf(t, "%.2g\t%.3f\t\n", e.down[depth-1], e.loss)
	}
	return t.Flush()
}

// effects is what a scheme leads to.
type effects struct {
	up   []float64 // standard deviation of what each linear layer returns at the start
	down []float64 // the same of the gradients there; the last layer comes first
	loss float64   // after training
}

// study probes the first batch of a training and returns what it saw, with the loss over the test part at the end.
func study(scheme initializer.Scheme, epochs int) (e effects) {
	train, test := data.Digits()
	widths := []int{train.Features()}
	for range depth - 1 {
		widths = append(widths, width)
	}
	s := nn.NewStore(1, scheme)
	net := nn.NewMLP(s.Root(), append(widths, len(train.Classes))...)
	opt := optim.NewAdam(s, 1e-3)
	p := nn.NewPass(s, nn.Training)
	p.Probe = &e
	for epoch := range epochs {
		for b := range train.Batches(64, s.Rand("batches", epoch)) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
			p.Probe = nil // the first batch has shown it
		}
	}
	p = nn.NewPass(s, nn.Inference)
	e.loss = float64(net.Forward(p, p.Input(test.X)).CrossEntropy(test.Y).Item())
	return e
}

// Up sees what a layer returns.
func (e *effects) Up(m nn.Module, y *nn.Tensor) {
	if _, linear := m.(*nn.Linear); linear {
		e.up = append(e.up, std(y.Data()))
	}
}

// Down sees the gradient of what a layer returned, on the way back.
func (e *effects) Down(m nn.Module, dy []float32) {
	if _, linear := m.(*nn.Linear); linear {
		e.down = append(e.down, std(dy))
	}
}

func std(x []float32) float64 {
	var sum, squares float64
	for _, v := range x {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(x))
	return math.Sqrt(max(0, squares/n-sum/n*(sum/n)))
}
