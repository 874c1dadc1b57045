// Command ownlayer puts a layer of your own, a residual block, into a model: it gets names, a place in the summary and
// in weight files like any other.
//
//	go run ./examples/ownlayer
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func main() {
	if err := run(os.Stdout, 40); err != nil {
		log.Fatal(err)
	}
}

// Block is a residual block: y = x + down(GELU(up(norm(x)))) (arXiv:1512.03385, in the pre-norm form of arXiv:2002.04745).
type Block struct {
	nn.Named
	norm     *nn.LayerNorm
	up, down *nn.Linear
}

// NewBlock declares one of so many blocks of a network.
func NewBlock(s *nn.Scope, width, blocks int) *Block {
	return &Block{
		s.Named(),
		nn.NewLayerNorm(s.At("norm"), width),
		nn.NewLinear(s.At("up"), width, 2*width),
		nn.NewLinear(s.At("down").Residual(blocks), 2*width, width), // writes into the residual stream
	}
}

// Forward computes y from x, both [..., width].
func (b *Block) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	hidden := b.up.Forward(p, b.norm.Forward(p, x)).GELU()
	return p.Tap(b, x.Add(b.down.Forward(p, hidden)))
}

func run(w io.Writer, epochs int) error {
	train, test, err := data.Open("spiral", 1)
	if err != nil {
		return err
	}
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewSequential(s.Root(),
		nn.NewLinear(s.At("stem"), 2, 16),
		NewBlock(s.At("block", 0), 16, 2),
		NewBlock(s.At("block", 1), 16, 2),
		nn.NewLinear(s.At("head"), 16, 2),
	)
	if err := nn.Summarize(s, net, 1, 2).Write(w); err != nil {
		return err
	}
	opt := optim.NewAdamW(s, 3e-3)
	p := nn.NewPass(s, nn.Training)
	for epoch := range epochs {
		for b := range train.Batches(32, s.Rand("batches", epoch)) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
		}
	}
	_, err = fmt.Fprintf(w, "\naccuracy on the spiral %.1f%%\n", 100*nn.Accuracy(s, net, test.X, test.Y))
	return err
}
