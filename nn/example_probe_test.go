package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// spread is a probe that prints the root mean square of what every linear layer returns.
type spread struct{}

func (spread) Up(m nn.Module, y *nn.Tensor) {
	if _, ok := m.(*nn.Linear); !ok {
		return
	}
	var squares float64
	for _, v := range y.Data() {
		squares += float64(v) * float64(v)
	}
	fmt.Printf(" %.0e", math.Sqrt(squares/float64(y.Len())))
}

func (spread) Down(nn.Module, []float32) {}

// A probe sees a model without changing it: here, how small weights let the signal fade.
func ExampleProbe() {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, 16*64)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for _, scheme := range []initializer.Scheme{initializer.Normal(0, 0.01), initializer.KaimingNormal()} {
		s := nn.NewStore(1, scheme)
		net := nn.NewMLP(s.Root(), 64, 64, 64, 64, 64)
		p := nn.NewPass(s, nn.Inference)
		p.Probe = spread{}
		fmt.Printf("%-16s", scheme)
		net.Forward(p, p.Input(autograd.From(x, 16, 64)))
		fmt.Println()
	}
	// Output:
	// normal(0,0.01)   8e-02 4e-03 3e-04 1e-05
	// kaiming-normal   1e+00 1e+00 1e+00 1e+00
}
