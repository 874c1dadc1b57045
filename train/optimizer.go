package train

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// suits is what an optimizer likes best, as its paper advises, set against AdamW: its learning rate and weight decay are so many times
// AdamW's.
var suits = map[string]struct{ lr, decay float64 }{
	"lion": {1. / 5, 5}, // arXiv:2302.06675, section 5: a third to a tenth of the rate, and their product kept
}

// WithOptimizer returns the configuration with another optimizer, and with the learning rate and weight decay that suit
// it where the configuration has those that suit AdamW. A momentum or beta2 that the other does not take goes. With the optimizer
// that the configuration has already, nothing changes.
func (c Config) WithOptimizer(name string) Config {
	if name == c.Optimizer {
		return c
	}
	c.Optimizer = name
	if !takesBeta2(name) {
		c.Beta2 = 0
	}
	if !takesMomentum(name) {
		c.Momentum = 0
	}
	if by, ok := suits[name]; ok {
		c.LR *= by.lr
		c.WeightDecay *= by.decay
	}
	return c
}

// defaultBeta1 is the decay of the average of the gradient, in all optimizers with a beta2.
const defaultBeta1 = 0.9

func takesBeta2(optimizer string) bool {
	return optimizer == "adam" || optimizer == "adamw" || optimizer == "nadam"
}

func takesMomentum(optimizer string) bool {
	return optimizer == "sgd" || optimizer == "rmsprop" || optimizer == "muon"
}

// newOptimizer returns the configured optimizer for a model.
func (c Config) newOptimizer(s *nn.Store, schedule optim.Schedule) (optim.Optimizer, error) {
	opts := []optim.Option{optim.WeightDecay(c.WeightDecay), optim.Scheduled(schedule)}
	if c.Beta2 != 0 {
		opts = append(opts, optim.Betas(defaultBeta1, c.Beta2))
	}
	if c.Momentum != 0 {
		opts = append(opts, optim.Momentum(c.Momentum))
	}
	if c.Optimizer == "muon" {
		if last := head(s); last != nil {
			opts = append(opts, optim.Group(func(p *nn.Param) bool { return p == last }, optim.ByAdamW()))
		}
	}
	return optim.New(c.Optimizer, s, c.LR, opts...)
}

// head returns the last weight that a model declares: the one that makes its outputs. It is nil where an embedding does, as in
// a GPT: the last weight then writes into the residual stream, as no head does.
func head(s *nn.Store) (last *nn.Param) {
	for _, p := range s.Params() {
		if p.Kind == initializer.Weight {
			last = p
		}
	}
	if last != nil && last.Residual {
		return nil
	}
	return last
}
