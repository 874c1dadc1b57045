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
	return &Adam{newBase("Adam", s, &adam{}, adamDefaults(lr, 0), opts, "Betas", "Eps", "WeightDecay")}
}

// AdamW is Adam with weight decay decoupled from the gradient: weights shrink by lr times decay (arXiv:1711.05101).
type AdamW struct{ *base }

// NewAdamW takes Betas (0.9, 0.999), Eps (1e-8), WeightDecay (0.01), Scheduled and Group.
func NewAdamW(s *nn.Store, lr float64, opts ...Option) *AdamW {
	return &AdamW{newBase("AdamW", s, &adam{decoupled: true}, adamDefaults(lr, 0.01), opts, "Betas", "Eps", "WeightDecay")}
}

func adamDefaults(lr, decay float64) settings {
	return settings{lr: lr, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: decay}
}

type adam struct {
	decoupled bool
	start     start
}

// start is how much of Adam's averages is the gradients', not the zeros' that they started with. Most parameters share
// betas and count, so the last result is kept: the powers take longer than a small parameter's step.
type start struct {
	beta1, beta2  float64
	steps         int
	first, second float64
}

// of returns 1 - beta1^t and 1 - beta2^t for a parameter's t-th step.
func (s *start) of(p *paramState) (first, second float64) {
	if s.steps != p.steps || s.beta1 != p.beta1 || s.beta2 != p.beta2 {
		t := float64(p.steps)
		*s = start{p.beta1, p.beta2, p.steps, 1 - math.Pow(p.beta1, t), 1 - math.Pow(p.beta2, t)}
	}
	return s.first, s.second
}

func (*adam) slots(*paramState) []string { return []string{"exp_avg", "exp_avg_sq"} }

func (a *adam) move(p *paramState, grad []float32, scale float32, lr float64) {
	first, second := a.start.of(p)
	step := simd.Adam{
		Beta2: float32(p.beta2), Eps: float32(p.eps), Scale: scale, Shrink: 1,
		Rest1: float32(1 - p.beta1), Rest2: float32(1 - p.beta2),
		Size: float32(lr / first), Correction: float32(1 / math.Sqrt(second)),
	}
	if a.decoupled {
		step.Shrink = float32(1 - lr*p.decay)
	} else {
		step.Decay = float32(p.decay)
	}
	step.Step(p.Data, grad, p.slot("exp_avg"), p.slot("exp_avg_sq"))
}
