package optim

import (
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// Lion steps by the learning rate in the direction of an averaged gradient's sign, and keeps one number a weight
// (arXiv:2302.06675). Its authors advise a learning rate of a third to a tenth of AdamW's, and a weight decay so many
// times larger.
type Lion struct{ *base }

// NewLion takes Betas (0.9, 0.99), WeightDecay (0; decoupled from the gradient), Scheduled and Group. The first of Betas
// is for the step, the second for what is remembered.
func NewLion(s *nn.Store, lr float64, opts ...Option) *Lion {
	return &Lion{newBase("Lion", s, lion{}, settings{lr: lr, beta1: 0.9, beta2: 0.99}, opts, "Betas", "WeightDecay")}
}

type lion struct{}

func (lion) slots(*paramState) []string { return []string{"exp_avg"} }

func (lion) move(p *paramState, grad []float32, scale float32, lr float64) {
	step := simd.Lion{
		LR: float32(lr), Rest1: float32(1 - p.beta1), Rest2: float32(1 - p.beta2), Scale: scale, Shrink: float32(1 - lr*p.decay),
	}
	step.Step(p.Data, grad, p.slot("exp_avg"))
}
