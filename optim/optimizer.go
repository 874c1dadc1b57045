package optim

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/pages"
	"github.com/heft-ml/heft/nn"
)

// Optimizer moves the parameters of a store.
type Optimizer interface {
	// Step moves every parameter that a gradient flowed to, commits the passes' statistics and advances the store's step.
	// Gradients of another store, and those that a step took before, panic with an [*autograd.UsageError].
	Step(g nn.Grads)
	// LR returns the learning rate of the next step, before the factors of groups and parameters.
	LR() float64
	// State returns a copy of what the optimizer remembers, for a checkpoint.
	State() State
	// Restore takes up where State left off. The error names what does not fit; the optimizer is then as it was.
	Restore(s State) error
}

// rule is the arithmetic of one optimizer.
type rule interface {
	// move moves one parameter by its gradient times scale.
	move(p *paramState, grad []float32, scale float32, lr float64)
	// slots names what the rule remembers of a parameter once it has moved it.
	slots(p *paramState) []string
}

// base is what all optimizers share: settings per parameter, the schedule, the walk over the store.
type base struct {
	store    *nn.Store
	rule     rule
	settings settings
	params   []*paramState
}

// paramState is one parameter with its settings and what the rule remembers of it.
type paramState struct {
	*nn.Param
	settings
	steps int // gradients taken, this one included
	slots []slot
}

// slot is memory of a parameter's size, under the name that PyTorch's state_dict has for it.
type slot struct {
	name string
	data []float32
}

// slot returns the memory of that name, which starts at 0 and lasts.
func (p *paramState) slot(name string) []float32 {
	for _, s := range p.slots {
		if s.name == name {
			return s.data
		}
	}
	data := pages.Make[float32](len(p.Data))
	p.slots = append(p.slots, slot{name, data})
	return data
}

func newBase(name string, s *nn.Store, r rule, defaults settings, opts []Option, accepted ...string) *base {
	b := &base{store: s, rule: r, settings: defaults}
	b.settings.apply(name, opts, append(accepted, "Group", "Scheduled"))
	b.settings.check(name)
	for _, g := range b.settings.groups {
		alone := b.settings
		alone.apply(name, g.opts, append(accepted, "LR")) // a foreign option shows even where the group matches nothing
	}
	for _, p := range s.Params() {
		b.add(name, p, accepted)
	}
	return b
}

func (b *base) add(name string, p *nn.Param, accepted []string) {
	set := b.settings
	if p.Kind != initializer.Weight && p.Kind != initializer.Embedding {
		set.decay = 0
	}
	for _, g := range b.settings.groups {
		if g.match(p) {
			set.apply(name, g.opts, append(accepted, "LR"))
		}
	}
	set.check(name)
	b.params = append(b.params, &paramState{Param: p, settings: set})
}

// LR returns the learning rate of the next step.
func (b *base) LR() float64 { return b.settings.lr * b.factor() }

func (b *base) factor() float64 {
	if b.settings.schedule == nil {
		return 1
	}
	return b.settings.schedule.Factor(b.store.Step())
}

// Step moves every parameter that a gradient flowed to, and commits.
func (b *base) Step(g nn.Grads) {
	if n := len(b.store.Params()); n != len(b.params) {
		misuse("step", "%d parameters were declared after the optimizer was made: make it last", n-len(b.params))
	}
	if !g.For(b.store) {
		misuse("step", "the gradients are of another store than the optimizer's")
	}
	if g.Taken() {
		misuse("step", "the gradients were taken by an earlier step: call Backward for each step")
	}
	factor := b.factor()
	for _, p := range b.params {
		if grad, scale := g.Raw(p.Param); grad != nil {
			p.steps++
			b.rule.move(p, grad, scale, p.lr*factor*float64(p.LRMultiplier))
		}
	}
	b.store.Commit(g)
}

func misuse(op, format string, args ...any) {
	panic(&autograd.UsageError{Op: "optim: " + op, Reason: fmt.Sprintf(format, args...)})
}
