// Command heft is Heft as a contestant.
package main

import (
	"fmt"
	"os"
	"runtime"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// precision is that of the matrix products.
var precision = autograd.MatmulHighest

func main() {
	name := "Heft"
	if len(os.Args) == 2 && os.Args[1] == autograd.MatmulMedium.String() {
		name, precision = "Heft, bf16 products", autograd.MatmulMedium
	}
	protocol.Serve(protocol.Hello{
		Name: name, Version: heft.Version,
		Setup: fmt.Sprintf("%v kernels, %s, GOMAXPROCS %d", isa.Active(), runtime.Version(), runtime.GOMAXPROCS(0)),
	}, prepare)
}

func prepare(w protocol.Work, t protocol.Tensors) (protocol.Runner, error) {
	switch w.Kind {
	case protocol.Sgemm:
		return newProduct(w, t), nil
	case protocol.Forward, protocol.Train:
		return newPerceptron(w, t), nil
	case protocol.Touch, protocol.Write, protocol.Save, protocol.ToBF16, protocol.SaveBF16:
		return newFile(w)
	}
	if n := w.Network(nn.MatmulPrecision(precision)); n != nil {
		n.StartFrom(t, protocol.LR)
		return &network{Network: n}, nil
	}
	return nil, protocol.ErrCannot
}

// network trains a network that is no perceptron.
type network struct {
	*benchmarks.Network
	loss float32
}

func (n *network) Reset() { n.Restart() }

func (n *network) Step() { n.loss = n.Network.Step() }

func (n *network) Value() float64 { return float64(n.loss) }

// product is one matrix product.
type product blas.Args[float32]

func newProduct(w protocol.Work, t protocol.Tensors) *product {
	p := &product{
		TransA: blas.Transpose(w.TransA), TransB: blas.Transpose(w.TransB), M: w.M, N: w.N, K: w.K, Alpha: 1,
		A: t["a"], LDA: w.K, B: t["b"], LDB: w.N, C: make([]float32, w.M*w.N), LDC: w.N,
		BF16: precision == autograd.MatmulMedium,
	}
	if w.TransA {
		p.LDA = w.M
	}
	if w.TransB {
		p.LDB = w.K
	}
	return p
}

func (p *product) Reset() {}

func (p *product) Step() { blas.Multiply((*blas.Args[float32])(p)) }

func (p *product) Value() float64 { return protocol.LastRow(p.C, p.N) }

// perceptron trains a network, or runs it.
type perceptron struct {
	start protocol.Tensors
	store *nn.Store
	net   *nn.MLP
	opt   *optim.Adam // nil: forward alone
	pass  *nn.Pass
	x     *nn.Tensor
	y     nn.Labels
	out   *nn.Tensor // of the last step
	loss  float32
}

func newPerceptron(w protocol.Work, t protocol.Tensors) *perceptron {
	s := nn.NewStore(1, initializer.KaimingNormal())
	p := &perceptron{
		start: t, store: s, net: nn.NewMLP(s.Root(), w.Widths...), pass: nn.NewPass(s, nn.Inference, nn.MatmulPrecision(precision)),
		x: autograd.From(t["x"], w.Batch, w.Widths[0]),
	}
	if w.Kind == protocol.Train {
		p.pass, p.opt = nn.NewPass(s, nn.Training, nn.MatmulPrecision(precision)), optim.NewAdam(s, protocol.LR)
		labels := make([]int32, w.Batch)
		for i, y := range t["y"] {
			labels[i] = int32(y)
		}
		p.y = autograd.LabelsOf(labels)
	}
	return p
}

func (p *perceptron) Reset() {
	p.pass.Reset()
	for _, w := range p.store.Params() {
		copy(w.Data, p.start[w.Name])
	}
	if p.opt != nil {
		p.opt = optim.NewAdam(p.store, protocol.LR)
	}
}

func (p *perceptron) Step() {
	p.pass.Reset()
	p.out = p.net.Forward(p.pass, p.pass.Input(p.x))
	if p.opt == nil {
		return
	}
	loss := p.out.CrossEntropy(p.y)
	p.opt.Step(p.pass.Backward(loss))
	p.loss = loss.Item()
}

func (p *perceptron) Value() float64 {
	if p.opt == nil {
		return protocol.LastRow(p.out.Data(), p.out.Dim(1))
	}
	return float64(p.loss)
}
