package nn

import (
	"maps"

	"github.com/heft-ml/heft/autograd"
)

// Checkpoint returns f(p, x) and forgets what f computed on the way; Backward computes it again (arXiv:1604.06174).
// A pass then holds the values of one such part at a time, for the price of a second forward. Results, gradients and
// random draws have the bits of f(p, x).
//
//	for _, b := range blocks {
//		x = nn.Checkpoint(p, b.Forward, x)
//	}
//
// f gets a pass of its own, must compute with that alone, and must do the same each time: x is its only tensor from
// outside. Statistics are staged by the first run, and a probe sees each value and each gradient once. x must not be a
// constant of no tape. Checkpoints may be nested. In inference passes nothing is kept anyway, and f(p, x) is all.
// A nil p, f or x, and an f that returns nil, panic with an [*autograd.UsageError].
func Checkpoint(p *Pass, f func(p *Pass, x *Tensor) *Tensor, x *Tensor) *Tensor {
	switch {
	case p == nil:
		misuse("checkpoint", "there is no pass to run the part in")
	case f == nil:
		misuse("checkpoint", "there is no part to run")
	case x == nil:
		misuse("checkpoint", "there is no tensor to give to the part")
	}
	if !p.Training() {
		return returned(f(p, x))
	}
	draws := maps.Clone(p.uses)
	c := p.inner(draws)
	c.tape.Observe = p.tape.Observe
	if p.Probe != nil {
		c.Probe = upward{p.Probe}
	}
	first := returned(f(c, c.tape.Mirror(x)))
	p.used = true
	maps.Copy(p.uses, c.uses)
	y := autograd.New(first.Shape(), p.met(c, x)...)
	copy(y.Data(), first.Data())
	for _, u := range c.updates {
		p.Update(u.buffer, keepValue(y, u.value), u.momentum)
	}
	return y.Record("checkpoint", func(dy []float32) {
		c := p.inner(draws)
		if p.Probe != nil {
			c.Probe = downward{p.Probe}
		}
		c.tape.Backward(f(c, c.tape.Mirror(x)), dy)
	})
}

// returned refuses a part that has no result.
func returned(y *Tensor) *Tensor {
	if y == nil {
		misuse("checkpoint", "the part returned no tensor")
	}
	return y
}

// inner returns the pass that computes parts of this one, empty, where so many streams were drawn of each purpose. Its
// memory serves every part.
func (p *Pass) inner(draws map[string]int) *Pass {
	if p.child == nil {
		p.child = NewPass(p.store, p.mode)
		p.child.outer = p
	}
	c := p.child
	c.Reset()
	c.Shard, c.step, c.revision = p.Shard, p.step, p.revision
	c.Probe, c.tape.Observe = nil, nil
	c.tape.MatmulPrecision = p.tape.MatmulPrecision
	maps.Copy(c.uses, draws)
	return c
}

// met returns x and this pass's leaves of the parameters that the inner pass met: what the part's result depends on.
func (p *Pass) met(c *Pass, x *Tensor) []*Tensor {
	inputs := []*Tensor{x}
	for i, leaf := range c.leaves {
		if leaf != nil {
			inputs = append(inputs, p.leaves[i])
		}
	}
	return inputs
}

// keepValue copies an update's value to memory that lives as long as y.
func keepValue(y *Tensor, value []float32) []float32 {
	kept := y.Save(len(value))
	copy(kept, value)
	return kept
}

// upward shows a probe what goes up, downward what comes down.
type (
	upward   struct{ Probe }
	downward struct{ Probe }
)

func (upward) Down(Module, []float32) {}

func (downward) Up(Module, *Tensor) {}
