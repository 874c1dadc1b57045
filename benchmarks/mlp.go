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
	start [][]float32 // what the parameters start as
}

// NewMLP makes the perceptron and its batch. The same sizes give the same numbers.
func NewMLP(batch int, widths ...int) *MLP {
	s := nn.NewStore(1, initializer.KaimingNormal())
	m := &MLP{
		Store: s, Widths: widths, net: nn.NewMLP(s.Root(), widths...), opt: optim.NewAdam(s, LR), pass: nn.NewPass(s, nn.Training),
		X: autograd.From(Normal(batch*widths[0]), batch, widths[0]),
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

// FLOPs returns the floating-point operations of a step's matrix products: two for each multiplication and addition, in
// forward, in the weights' gradients and in those of all inputs but the first layer's.
func (m *MLP) FLOPs() float64 {
	products := 0
	for i, in := range m.Widths[:len(m.Widths)-1] {
		each := 3
		if i == 0 {
			each = 2
		}
		products += each * in * m.Widths[i+1]
	}
	return 2 * float64(products) * float64(m.X.Dim(0))
}

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
