package benchmarks

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// LR is the learning rate of the measured steps.
const LR = 1e-3

// MLP is a perceptron with ReLU. Its inputs are [batch, first width].
type MLP struct {
	*Network
	Widths []int

	net *nn.MLP
	out *nn.Pass // of inference
}

// NewMLP makes the perceptron and its batch. The same sizes give the same numbers.
func NewMLP(batch int, widths ...int) *MLP {
	m := &MLP{Network: newNetwork(initializer.KaimingNormal()), Widths: widths}
	m.net = nn.NewMLP(m.Store.Root(), widths...)
	m.out = nn.NewPass(m.Store, nn.Inference)
	m.X = autograd.From(Normal(batch*widths[0]), batch, widths[0])
	m.Y = labels(widths[len(widths)-1], batch)
	m.run = func(p *nn.Pass) *nn.Tensor { return m.net.Forward(p, p.Input(m.X)) }
	m.flops = PerceptronFLOPs(batch, widths, true)
	m.begin()
	return m
}

// Forward runs the network alone and returns the first number of the last row of its output.
func (m *MLP) Forward() float32 {
	m.out.Reset()
	y := m.run(m.out)
	return y.Data()[(y.Dim(0)-1)*y.Dim(1)]
}

// ForwardFLOPs returns the floating-point operations of the matrix products of forward alone.
func (m *MLP) ForwardFLOPs() float64 { return PerceptronFLOPs(m.X.Dim(0), m.Widths, false) }

// Normal returns n standard normal numbers, always the same. None is 0, which gonum's products skip.
func Normal(n int) []float32 {
	r := rand.New(rand.NewPCG(3, 4))
	x := make([]float32, n)
	for i := range x {
		for x[i] == 0 {
			x[i] = float32(r.NormFloat64())
		}
	}
	return x
}
