package benchmarks

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Network trains on one batch of random data with Adam and cross entropy.
type Network struct {
	Store *nn.Store
	X     *nn.Tensor // the inputs; nil where they are tokens
	IDs   nn.Labels  // tokens [batch, length]
	Y     nn.Labels  // the right classes, or next tokens

	run   func(p *nn.Pass) *nn.Tensor // returns logits
	flops float64
	lr    float64
	opt   *optim.Adam
	pass  *nn.Pass
	start [][]float32 // what the parameters start as
}

// newNetwork makes a network without parameters and data.
func newNetwork(scheme initializer.Scheme, opts ...nn.PassOption) *Network {
	s := nn.NewStore(1, scheme)
	return &Network{Store: s, lr: LR, pass: nn.NewPass(s, nn.Training, opts...)}
}

// begin ends construction: the parameters and their moments of now are those that Rewind goes back to.
func (n *Network) begin() {
	n.start = n.start[:0]
	for _, p := range n.Store.Params() {
		n.start = append(n.start, append([]float32(nil), p.Data...))
	}
	n.opt = optim.NewAdam(n.Store, n.lr)
}

// Step does one training step, forward, backward and optimizer, and returns the loss before it.
func (n *Network) Step() float32 {
	n.pass.Reset()
	loss := n.run(n.pass).CrossEntropy(n.Y)
	n.opt.Step(n.pass.Backward(loss))
	return loss.Item()
}

// Rewind gives the parameters their starting values back. A network that learns its batch by heart has gradients that
// fade into subnormal numbers, which processors are slow with: no training looks like that.
func (n *Network) Rewind() {
	for i, p := range n.Store.Params() {
		copy(p.Data, n.start[i])
	}
}

// Restart is Rewind for the optimizer too.
func (n *Network) Restart() {
	n.Rewind()
	n.opt = optim.NewAdam(n.Store, n.lr)
}

// StartFrom sets parameters by name, and the learning rate: training begins there. It keeps the values.
func (n *Network) StartFrom(values map[string][]float32, lr float64) {
	n.lr, n.start = lr, n.start[:0]
	for _, p := range n.Store.Params() {
		n.start = append(n.start, values[p.Name])
	}
	n.Restart()
}

// FLOPs returns the floating-point operations of the matrix products in a training step.
func (n *Network) FLOPs() float64 { return n.flops }

// labels returns random classes below most, always the same.
func labels(most int, shape ...int) nn.Labels {
	size := 1
	for _, d := range shape {
		size *= d
	}
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]int32, size)
	for i := range data {
		data[i] = r.Int32N(int32(most))
	}
	return autograd.LabelsOf(data, shape...)
}
