package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// requireUsageError runs f, which must panic with a UsageError of that text.
func requireUsageError(t *testing.T, op, reason string, f func()) {
	t.Helper()
	var e *autograd.UsageError
	require.ErrorAs(t, autograd.Catch(f), &e)
	require.Equal(t, autograd.UsageError{Op: op, Reason: reason}, *e)
}

// setting is an optimizer with options, to try.
type setting struct {
	name string
	make func(s *nn.Store, opts ...optim.Option) optim.Optimizer
}

// everyOptimizer lists all optimizers, each with the options that bring all of its memory into play.
func everyOptimizer(lr float64) []setting {
	return []setting{
		{"SGD", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewSGD(s, lr, opts...) }},
		{"SGD with Nesterov", func(s *nn.Store, opts ...optim.Option) optim.Optimizer {
			return optim.NewSGD(s, lr, append(opts, optim.Momentum(0.9), optim.Nesterov())...)
		}},
		{"Adam", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewAdam(s, lr, opts...) }},
		{"AdamW", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewAdamW(s, lr, opts...) }},
		{"RMSprop", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewRMSprop(s, lr, opts...) }},
		{"centered RMSprop with momentum", func(s *nn.Store, opts ...optim.Option) optim.Optimizer {
			return optim.NewRMSprop(s, lr, append(opts, optim.Centered(), optim.Momentum(0.5))...)
		}},
		{"NAdam", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewNAdam(s, lr, opts...) }},
		{"Lion", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewLion(s, lr, opts...) }},
		{"Muon", func(s *nn.Store, opts ...optim.Option) optim.Optimizer { return optim.NewMuon(s, lr, opts...) }},
	}
}

// newStore returns a store of one parameter of each kind, of 4 numbers each, which start away from 0. The weight is a
// matrix.
func newStore() *nn.Store {
	s := nn.NewStore(1, initializer.Zeros())
	r := rand.New(rand.NewPCG(5, 6))
	for _, k := range initializer.Kinds() {
		p := s.Root().Param(initializer.Param{Name: k.String(), Kind: k, Shape: shapeOf(k)})
		for i := range p.Data {
			p.Data[i] = float32(1 + r.Float64())
		}
	}
	return s
}

func shapeOf(k initializer.Kind) []int {
	if k == initializer.Weight {
		return []int{2, 2}
	}
	return []int{4}
}

// gradients returns the given ones of a store's trainable parameters in order, in the memory of the pass.
func gradients(p *nn.Pass, s *nn.Store, flat []float32) nn.Grads {
	var sum *nn.Tensor
	for _, w := range s.Params() {
		if !w.Trainable() {
			continue
		}
		n := len(w.Data)
		dot := p.Of(w).Mul(autograd.From(flat[:n], w.Shape...)).Sum()
		if flat = flat[n:]; sum == nil {
			sum = dot
		} else {
			sum = sum.Add(dot)
		}
	}
	return p.Backward(sum)
}

// noise returns n normal values, the same ones for the same seed.
func noise(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 7))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return values
}

// perStep is how many gradients a step on newStore's parameters takes: buffers have none.
const perStep = 16

// walk takes steps with random gradients, changed by adjust if given, and returns the bits of all parameters.
func walk(s *nn.Store, opt optim.Optimizer, from, to int, adjust func(g nn.Grads)) []uint32 {
	p := nn.NewPass(s, nn.Training)
	for step := from; step < to; step++ {
		p.Reset()
		g := gradients(p, s, noise(uint64(step), perStep))
		if adjust != nil {
			adjust(g)
		}
		opt.Step(g)
	}
	return bits(s)
}

func bits(s *nn.Store) (all []uint32) {
	for _, p := range s.Params() {
		for _, v := range p.Data {
			all = append(all, math.Float32bits(v))
		}
	}
	return all
}
