package benchmarks

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// LR is the learning rate of the measured steps.
const LR = 1e-3

// MLP is a perceptron with ReLU that trains on one batch of random numbers with Adam.
type MLP struct {
	Store  *nn.Store
	X      *nn.Tensor // [batch, first width], normally distributed
	Y      nn.Labels  // [batch]
	Widths []int

	net   *nn.MLP
	opt   *optim.Adam
	pass  *nn.Pass
	run   *nn.Pass    // of inference
	start [][]float32 // what the parameters start as
}

// NewMLP makes the perceptron and its batch. The same sizes give the same numbers.
func NewMLP(batch int, widths ...int) *MLP {
	s := nn.NewStore(1, initializer.KaimingNormal())
	m := &MLP{
		Store: s, Widths: widths, net: nn.NewMLP(s.Root(), widths...), opt: optim.NewAdam(s, LR), pass: nn.NewPass(s, nn.Training),
		run: nn.NewPass(s, nn.Inference), X: autograd.From(Normal(batch*widths[0]), batch, widths[0]),
	}
	r := rand.New(rand.NewPCG(1, 2))
	labels := make([]int32, batch)
	for i := range labels {
		labels[i] = r.Int32N(int32(widths[len(widths)-1]))
	}
	m.Y = autograd.LabelsOf(labels)
	for _, p := range s.Params() {
		m.start = append(m.start, append([]float32(nil), p.Data...))
	}
	return m
}

// Forward runs the network alone and returns the first number of the last row of its output.
func (m *MLP) Forward() float32 {
	m.run.Reset()
	y := m.net.Forward(m.run, m.run.Input(m.X))
	return y.Data()[(y.Dim(0)-1)*y.Dim(1)]
}

// Step does one training step, forward, backward and optimizer, and returns the loss before it.
func (m *MLP) Step() float32 {
	m.pass.Reset()
	loss := m.net.Forward(m.pass, m.pass.Input(m.X)).CrossEntropy(m.Y)
	m.opt.Step(m.pass.Backward(loss))
	return loss.Item()
}

// Rewind gives the parameters their starting values back. A network that learns its batch by heart has gradients that
// fade into subnormal numbers, which processors are slow with: no training looks like that.
func (m *MLP) Rewind() {
	for i, p := range m.Store.Params() {
		copy(p.Data, m.start[i])
	}
}

// FLOPs returns the floating-point operations of the matrix products in a training step.
func (m *MLP) FLOPs() float64 { return PerceptronFLOPs(m.X.Dim(0), m.Widths, true) }

// ForwardFLOPs returns those of forward alone.
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
