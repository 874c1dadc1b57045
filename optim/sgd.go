package optim

import (
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// SGD is stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's look-ahead (Sutskever et al. 2013)
// in PyTorch's form.
type SGD struct{ *base }

// NewSGD takes Momentum, Dampening, Nesterov, WeightDecay, Scheduled and Group; all off by default.
func NewSGD(s *nn.Store, lr float64, opts ...Option) *SGD {
	return &SGD{newBase("SGD", s, sgd{}, settings{lr: lr}, opts, "Momentum", "Dampening", "Nesterov", "WeightDecay")}
}

type sgd struct{}

func (sgd) slots(p *paramState) []string {
	if p.momentum == 0 {
		return nil
	}
	return []string{"momentum_buffer"}
}

func (sgd) move(p *paramState, grad []float32, scale float32, lr float64) {
	var momentum []float32
	if p.momentum != 0 {
		momentum = p.slot("momentum_buffer")
	}
	simd.SGDStep(p.Data, grad, momentum, scale, float32(lr), float32(p.decay), float32(p.momentum), float32(p.dampening), p.nesterov, p.steps == 1)
}
