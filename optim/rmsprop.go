package optim

import (
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// RMSprop divides gradients by a running average of their size (Tieleman & Hinton 2012, lecture 6.5; centered:
// arXiv:1308.0850) in PyTorch's form: eps is added to the root.
type RMSprop struct{ *base }

// NewRMSprop takes Alpha (0.99), Eps (1e-8), Momentum (0), Centered (off), WeightDecay (0), Scheduled and Group.
func NewRMSprop(s *nn.Store, lr float64, opts ...Option) *RMSprop {
	return &RMSprop{newBase("RMSprop", s, rmsprop{}, settings{lr: lr, alpha: 0.99, eps: 1e-8}, opts,
		"Alpha", "Eps", "Momentum", "Centered", "WeightDecay")}
}

type rmsprop struct{}

func (rmsprop) slots(p *paramState) []string {
	names := []string{"square_avg"}
	if p.centered {
		names = append(names, "grad_avg")
	}
	if p.momentum != 0 {
		names = append(names, "momentum_buffer")
	}
	return names
}

func (rmsprop) move(p *paramState, grad []float32, scale float32, lr float64) {
	var mean, momentum []float32
	if p.centered {
		mean = p.slot("grad_avg")
	}
	if p.momentum != 0 {
		momentum = p.slot("momentum_buffer")
	}
	step := simd.RMSprop{
		LR: float32(lr), Alpha: float32(p.alpha), Rest: float32(1 - p.alpha), Eps: float32(p.eps), Momentum: float32(p.momentum), Scale: scale, Decay: float32(p.decay),
	}
	step.Step(p.Data, grad, p.slot("square_avg"), mean, momentum)
}
