package optim

import (
	"math"

	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// NAdam is Adam with Nesterov's look ahead and a momentum that grows (Dozat 2016, "Incorporating Nesterov Momentum into
// Adam"), in PyTorch's form.
type NAdam struct{ *base }

// NewNAdam takes Betas (0.9, 0.999), Eps (1e-8), MomentumDecay (0.004), WeightDecay (0), Decoupled (off), Scheduled and
// Group.
func NewNAdam(s *nn.Store, lr float64, opts ...Option) *NAdam {
	defaults := adamDefaults(lr, 0)
	defaults.momentumDecay = 4e-3
	r := &nadam{momenta: map[*paramState]momenta{}}
	return &NAdam{newBase("NAdam", s, r, defaults, opts, "Betas", "Eps", "MomentumDecay", "WeightDecay", "Decoupled")}
}

type nadam struct {
	start   start
	momenta map[*paramState]momenta
}

// momenta is the product of a parameter's momenta over its steps.
type momenta struct {
	steps   int
	product float64
}

func (*nadam) slots(*paramState) []string { return []string{"exp_avg", "exp_avg_sq"} }

func (n *nadam) move(p *paramState, grad []float32, scale float32, lr float64) {
	_, second := n.start.of(p)
	mu, next, product := momentumAt(p, p.steps), momentumAt(p, p.steps+1), n.product(p)
	step := simd.NAdam{
		Beta2: float32(p.beta2), Eps: float32(p.eps), Rest1: float32(1 - p.beta1), Rest2: float32(1 - p.beta2), Scale: scale,
		Now: float32(lr * (1 - mu) / (1 - product)), Ahead: float32(lr * next / (1 - product*next)),
		Correction: float32(1 / math.Sqrt(second)), Shrink: 1,
	}
	if p.decoupled {
		step.Shrink = float32(1 - lr*p.decay)
	} else {
		step.Decay = float32(p.decay)
	}
	step.Step(p.Data, grad, p.slot("exp_avg"), p.slot("exp_avg_sq"))
}

// momentumAt is the momentum of step t, which nears beta1 from its half.
func momentumAt(p *paramState, t int) float64 {
	return p.beta1 * (1 - 0.5*math.Pow(0.96, float64(t)*p.momentumDecay))
}

// product multiplies a parameter's momenta over its steps. It goes on from the last step, or after a Restore over all of
// them again, in the same order.
func (n *nadam) product(p *paramState) float64 {
	m := n.momenta[p]
	if m.steps != p.steps-1 || m.steps == 0 {
		m = momenta{0, 1}
	}
	for m.steps < p.steps {
		m.steps++
		m.product *= momentumAt(p, m.steps)
	}
	n.momenta[p] = m
	return m.product
}
