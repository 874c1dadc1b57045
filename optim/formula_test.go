package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// formula moves one number by one gradient, in float64 and as the source of the optimizer writes it. t counts from 1.
type formula func(w, g, lr float64, t int) float64

// sgdFormula is Sutskever et al. 2013 in the form of PyTorch's documentation.
func sgdFormula(momentum, dampening float64, nesterov bool, decay float64) formula {
	var b float64
	return func(w, g, lr float64, t int) float64 {
		g += decay * w
		if momentum == 0 {
			return w - lr*g
		}
		if t == 1 {
			b = g
		} else {
			b = momentum*b + (1-dampening)*g
		}
		if nesterov {
			return w - lr*(g+momentum*b)
		}
		return w - lr*b
	}
}

// adamFormula is algorithm 1 of arXiv:1412.6980 or, decoupled, algorithm 2 of arXiv:1711.05101 with its schedule
// multiplier in lr.
func adamFormula(beta1, beta2, eps, decay float64, decoupled bool) formula {
	var m, v float64
	return func(w, g, lr float64, t int) float64 {
		shrunk := w
		if decoupled {
			shrunk = w - lr*decay*w
		} else {
			g += decay * w
		}
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g*g
		mean := m / (1 - math.Pow(beta1, float64(t)))
		square := v / (1 - math.Pow(beta2, float64(t)))
		return shrunk - lr*mean/(math.Sqrt(square)+eps)
	}
}

// rmspropFormula is Tieleman & Hinton 2012 or, centered, equations 38 to 41 of arXiv:1308.0850, with PyTorch's place
// for eps and its momentum.
func rmspropFormula(alpha, eps, momentum float64, centered bool, decay float64) formula {
	var v, mean, b float64
	return func(w, g, lr float64, _ int) float64 {
		g += decay * w
		v = alpha*v + (1-alpha)*g*g
		mean = alpha*mean + (1-alpha)*g
		spread := v
		if centered {
			spread -= mean * mean
		}
		b = momentum*b + g/(math.Sqrt(spread)+eps)
		return w - lr*b
	}
}

// nadamFormula is Dozat's NAdam as PyTorch's documentation writes it.
func nadamFormula(beta1, beta2, eps, psi, decay float64, decoupled bool) formula {
	var m, v float64
	product := 1.0
	mu := func(t int) float64 { return beta1 * (1 - math.Pow(0.96, float64(t)*psi)/2) }
	return func(w, g, lr float64, t int) float64 {
		if decoupled {
			w -= lr * decay * w
		} else {
			g += decay * w
		}
		product *= mu(t)
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g*g
		mean := mu(t+1)*m/(1-product*mu(t+1)) + (1-mu(t))*g/(1-product)
		return w - lr*mean/(math.Sqrt(v/(1-math.Pow(beta2, float64(t))))+eps)
	}
}

// lionFormula is program 1 of arXiv:2302.06675.
func lionFormula(beta1, beta2, decay float64) formula {
	var m float64
	return func(w, g, lr float64, _ int) float64 {
		c := beta1*m + (1-beta1)*g
		m = beta2*m + (1-beta2)*g
		return w - lr*(math.Copysign(1, c)+decay*w)
	}
}

func TestOptimizersFollowTheirFormulas(t *testing.T) {
	t.Parallel()
	const lr, steps, n = 0.01, 300, 5
	decay := optim.WeightDecay(0.1)
	for _, c := range []struct {
		name    string
		formula func() formula
		make    func(s *nn.Store) optim.Optimizer
	}{
		{"SGD", func() formula { return sgdFormula(0, 0, false, 0) },
			func(s *nn.Store) optim.Optimizer { return optim.NewSGD(s, lr) }},
		{"SGD with decay", func() formula { return sgdFormula(0, 0, false, 0.1) },
			func(s *nn.Store) optim.Optimizer { return optim.NewSGD(s, lr, decay) }},
		{"SGD with momentum", func() formula { return sgdFormula(0.9, 0, false, 0.1) },
			func(s *nn.Store) optim.Optimizer { return optim.NewSGD(s, lr, optim.Momentum(0.9), decay) }},
		{"SGD with dampening", func() formula { return sgdFormula(0.9, 0.3, false, 0) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewSGD(s, lr, optim.Momentum(0.9), optim.Dampening(0.3))
			}},
		{"SGD with Nesterov", func() formula { return sgdFormula(0.8, 0, true, 0.1) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewSGD(s, lr, optim.Momentum(0.8), optim.Nesterov(), decay)
			}},
		{"Adam", func() formula { return adamFormula(0.9, 0.999, 1e-8, 0, false) },
			func(s *nn.Store) optim.Optimizer { return optim.NewAdam(s, lr) }},
		{"Adam of other settings", func() formula { return adamFormula(0.8, 0.95, 1e-3, 0.1, false) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewAdam(s, lr, optim.Betas(0.8, 0.95), optim.Eps(1e-3), decay)
			}},
		{"AdamW", func() formula { return adamFormula(0.9, 0.999, 1e-8, 0.01, true) },
			func(s *nn.Store) optim.Optimizer { return optim.NewAdamW(s, lr) }},
		{"AdamW of other settings", func() formula { return adamFormula(0.8, 0.95, 1e-3, 0.1, true) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewAdamW(s, lr, optim.Betas(0.8, 0.95), optim.Eps(1e-3), decay)
			}},
		{"RMSprop", func() formula { return rmspropFormula(0.99, 1e-8, 0, false, 0) },
			func(s *nn.Store) optim.Optimizer { return optim.NewRMSprop(s, lr) }},
		{"RMSprop of other settings", func() formula { return rmspropFormula(0.9, 1e-3, 0.5, false, 0.1) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewRMSprop(s, lr, optim.Alpha(0.9), optim.Eps(1e-3), optim.Momentum(0.5), decay)
			}},
		{"centered RMSprop", func() formula { return rmspropFormula(0.9, 1e-8, 0.5, true, 0.1) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewRMSprop(s, lr, optim.Alpha(0.9), optim.Centered(), optim.Momentum(0.5), decay)
			}},
		{"NAdam", func() formula { return nadamFormula(0.9, 0.999, 1e-8, 4e-3, 0, false) },
			func(s *nn.Store) optim.Optimizer { return optim.NewNAdam(s, lr) }},
		{"NAdam of other settings", func() formula { return nadamFormula(0.8, 0.95, 1e-3, 0.05, 0.1, false) },
			func(s *nn.Store) optim.Optimizer {
				return optim.NewNAdam(s, lr, optim.Betas(0.8, 0.95), optim.Eps(1e-3), optim.MomentumDecay(0.05), decay)
			}},
		{"decoupled NAdam", func() formula { return nadamFormula(0.9, 0.999, 1e-8, 4e-3, 0.1, true) },
			func(s *nn.Store) optim.Optimizer { return optim.NewNAdam(s, lr, optim.Decoupled(), decay) }},
		{"Lion", func() formula { return lionFormula(0.9, 0.99, 0) },
			func(s *nn.Store) optim.Optimizer { return optim.NewLion(s, lr) }},
		{"Lion of other settings", func() formula { return lionFormula(0.95, 0.98, 0.1) },
			func(s *nn.Store) optim.Optimizer { return optim.NewLion(s, lr, optim.Betas(0.95, 0.98), decay) }},
		{"Muon of what is no matrix", func() formula { return adamFormula(0.9, 0.999, 1e-8, 0.1, true) },
			func(s *nn.Store) optim.Optimizer { return optim.NewMuon(s, lr) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{n}})
			opt := c.make(s)
			p := nn.NewPass(s, nn.Training)
			var formulas [n]formula
			var want, travelled [n]float64
			for i := range n {
				w.Data[i] = float32(i) - 2
				want[i], formulas[i] = float64(w.Data[i]), c.formula()
			}
			worst := 0.0
			for step := range steps {
				g := noise(uint64(step), n)
				for i := range g {
					g[i] *= float32(math.Pow(10, float64(i-2))) // from 0.01 to 100
				}
				p.Reset()
				opt.Step(p.BackwardFrom(p.Of(w), g))
				for i, f := range formulas {
					before := want[i]
					want[i] = f(want[i], float64(g[i]), lr, step+1)
					travelled[i] += math.Abs(want[i] - before)
					off := math.Abs(want[i]-float64(w.Data[i])) / (travelled[i] + math.Abs(want[i]))
					worst = max(worst, off)
				}
			}
			require.Less(t, worst, 1e-5, "of the way and the value; most of it is what float32 loses in 1 - beta2")
		})
	}
}
