package optim

import (
	"math"

	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// Adam divides averaged gradients by their averaged size (arXiv:1412.6980). Weight decay is added to the gradient.
type Adam struct{ *base }

// NewAdam takes Betas (0.9, 0.999), Eps (1e-8), WeightDecay (0), Scheduled and Group.
func NewAdam(s *nn.Store, lr float64, opts ...Option) *Adam {
	return &Adam{newBase("Adam", s, adam{}, adamDefaults(lr, 0), opts, "Betas", "Eps", "WeightDecay")}
}

// AdamW is Adam with weight decay decoupled from the gradient: weights shrink by lr times decay (arXiv:1711.05101).
type AdamW struct{ *base }

// NewAdamW takes Betas (0.9, 0.999), Eps (1e-8), WeightDecay (0.01), Scheduled and Group.
func NewAdamW(s *nn.Store, lr float64, opts ...Option) *AdamW {
	return &AdamW{newBase("AdamW", s, adam{decoupled: true}, adamDefaults(lr, 0.01), opts, "Betas", "Eps", "WeightDecay")}
}

func adamDefaults(lr, decay float64) settings {
	return settings{lr: lr, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: decay}
}

type adam struct{ decoupled bool }

func (adam) slots(settings) []string { return []string{"exp_avg", "exp_avg_sq"} }

func (a adam) move(p *paramState, grad []float32, scale float32, lr float64) {
	t := float64(p.steps)
	step := simd.Adam{
		Beta1: float32(p.beta1), Beta2: float32(p.beta2), Eps: float32(p.eps), Scale: scale, Shrink: 1,
		Rest1: float32(1 - p.beta1), Rest2: float32(1 - p.beta2),
		Size:       float32(lr / (1 - math.Pow(p.beta1, t))),
		Correction: float32(1 / math.Sqrt(1-math.Pow(p.beta2, t))),
	}
	if a.decoupled {
		step.Shrink = float32(1 - lr*p.decay)
	} else {
		step.Decay = float32(p.decay)
	}
	step.Step(p.Data, grad, p.slot("exp_avg"), p.slot("exp_avg_sq"))
}
