package nn_test

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// Block is a layer of one's own: x + W₂ gelu(W₁ norm(x)). It names what it is made of; the ops do the arithmetic.
type Block struct {
	nn.Named
	norm   *nn.LayerNorm
	fc     *nn.Linear
	proj   *nn.Linear
	branch *nn.Param
}

// NewBlock declares the layers of a block, and a gain [c] of its own for the branch.
func NewBlock(s *nn.Scope, c int) *Block {
	return &Block{
		s.Named(), nn.NewLayerNorm(s.At("norm"), c), nn.NewLinear(s.At("fc"), c, 4*c),
		nn.NewLinear(s.At("proj").Residual(1), 4*c, c, nn.NoBias()), s.Scale("branch", c),
	}
}

// Forward computes y from x, both [..., c].
func (b *Block) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	h := b.fc.Forward(p, b.norm.Forward(p, x)).GELU()
	return p.Tap(b, x.Add(b.proj.Forward(p, h).Mul(p.Of(b.branch))))
}

func Example_ownLayer() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewSequential(s.Root(), NewBlock(s.At("h", 0), 4), nn.NewLinear(s.At("head"), 4, 2))
	for _, p := range s.Params() {
		fmt.Println(p.Name, p.Shape, p.Kind, p.Residual)
	}
	p := nn.NewPass(s, nn.Training)
	loss := net.Forward(p, p.Input(autograd.From([]float32{1, 2, 3, 4, 5, 6, 7, 9}, 2, 4))).CrossEntropy(autograd.LabelsOf([]int32{0, 1}))
	fmt.Println("gradients of", len(p.Backward(loss).Of(s.Param("h.0.branch"))), "gains")
	// Output:
	// h.0.norm.weight [4] scale false
	// h.0.norm.bias [4] bias false
	// h.0.fc.weight [16 4] weight false
	// h.0.fc.bias [16] bias false
	// h.0.proj.weight [4 16] weight true
	// h.0.branch [4] scale false
	// head.weight [2 4] weight false
	// head.bias [2] bias false
	// gradients of 4 gains
}
