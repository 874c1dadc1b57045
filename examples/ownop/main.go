// Command ownop writes an op that Heft does not have, checks its gradient and trains with it.
//
//	go run ./examples/ownop
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/heft-ml/heft/autograd/gradcheck"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func main() {
	if err := run(os.Stdout, 10); err != nil {
		log.Fatal(err)
	}
}

// swish is the op as a layer: β is a parameter like any other.
type swish struct {
	nn.Named
	beta *nn.Param // [1]
}

func newSwish(s *nn.Scope) *swish { return &swish{s.Named(), s.Scale("beta", 1)} }

func (l *swish) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor { return p.Tap(l, Swish(x, p.Of(l.beta))) }

func run(w io.Writer, epochs int) error {
	op := func(x ...*gradcheck.Tensor) *gradcheck.Tensor { return Swish(x[0], x[1]) }
	if err := gradcheck.Check(op, gradcheck.Normal(1, 4, 5), gradcheck.Normal(2, 1)); err != nil {
		return err
	}
	fmt.Fprintln(w, "the gradients agree with central differences")

	train, test := data.Digits()
	s := nn.NewStore(1, initializer.KaimingNormal())
	act := newSwish(s.At(1))
	net := nn.NewSequential(s.Root(), nn.NewLinear(s.At(0), 64, 64), act, nn.NewLinear(s.At(2), 64, 10))
	opt := optim.NewAdam(s, 5e-3)
	p := nn.NewPass(s, nn.Training)
	start := act.beta.Data[0]
	for epoch := range epochs {
		for b := range train.Batches(64, s.Rand("batches", epoch)) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
		}
	}
	fmt.Fprintf(w, "accuracy %.1f%%\n", 100*nn.Accuracy(s, net, test.X, test.Y))
	_, err := fmt.Fprintf(w, "%s went from %.2f to %.2f\n", act.beta.Name, start, act.beta.Data[0])
	return err
}
