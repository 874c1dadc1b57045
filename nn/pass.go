package nn

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
)

// Mode says what a pass is for.
type Mode bool

// A training pass records the way back and drops out; an inference pass does neither.
const (
	Training  Mode = true
	Inference Mode = false
)

// Pass is one run through a model: tape, memory, random streams, probes. It belongs to one goroutine.
type Pass struct {
	// Shard tells which part of the step's batch this run computes. Random streams depend on it, so that runs that add up
	// to one step draw differently. Reset sets it: back to the pass's first one after an optimizer step, else to its next.
	Shard int
	// Probe, if set, sees what layers return.
	Probe Probe

	store    *Store
	mode     Mode
	tape     *autograd.Tape[float32]
	leaves   []*Tensor // by parameter; what gradients are taken from
	memo     []*Tensor // by parameter; what Of returned
	uses     map[string]int
	updates  []update
	cache    *Cache       // what inference remembers between passes, or nil
	outer    *Pass        // of which this one computes a part, or nil: see Checkpoint
	child    *Pass        // which computes parts of this one, or nil
	given    []*gradients // one for each Backward of a run; they serve again, as the tape's memory does
	backward int          // Backwards of this run
	first    int          // the shard to go back to
	stride   int          // from one shard to the next
	step     int          // of the store, when this run began
	revision int
	run      int // runs begun: Grads know theirs
	used     bool
}

// PassOption changes a pass.
type PassOption func(p *Pass)

// MatmulPrecision says how exact the pass's matrix products are. [autograd.MatmulHighest] is the default.
func MatmulPrecision(precision autograd.MatmulPrecision) PassOption {
	return func(p *Pass) { p.tape.MatmulPrecision = precision }
}

// NewPass returns a pass through models of the store. It takes MatmulPrecision and Cached.
func NewPass(s *Store, mode Mode, opts ...PassOption) *Pass {
	return NewPassShard(s, mode, 0, 1, opts...)
}

// NewPassShard returns one of so many passes that share each step: it computes the shards shard, shard + passes,
// shard + 2 passes and so on, as many as it is Reset for. Whoever divides a step's shards among goroutines gets the bits
// of one pass that computes them in turn.
func NewPassShard(s *Store, mode Mode, shard, passes int, opts ...PassOption) *Pass {
	if shard < 0 || passes <= shard {
		misuse("pass", "shard %d of %d passes: shards count from 0", shard, passes)
	}
	p := &Pass{
		Shard: shard, first: shard, stride: passes, store: s, mode: mode, tape: autograd.NewTape[float32](bool(mode)),
		uses: map[string]int{}, step: s.step, revision: s.revision,
	}
	for _, o := range opts {
		o(p)
	}
	return p
}

// Training tells whether the pass is for training.
func (p *Pass) Training() bool { return bool(p.mode) }

// Tape returns the tape the pass computes on.
func (p *Pass) Tape() *autograd.Tape[float32] { return p.tape }

// Reset forgets the run: its memory serves again, its tensors and gradients panic on use, and the parameters' present
// values count. Call it before each batch.
func (p *Pass) Reset() {
	p.tape.Reset()
	clear(p.leaves)
	clear(p.memo)
	clear(p.uses)
	clear(p.updates)
	p.updates = p.updates[:0]
	switch {
	case p.step != p.store.step:
		p.Shard = p.first
	case p.used:
		p.Shard += p.stride
	}
	p.step, p.revision, p.used = p.store.step, p.store.revision, false
	p.run++
	p.backward = 0
}

// Input puts a constant on the pass's tape, without copying: x must stay as it is until Reset.
func (p *Pass) Input(x *Tensor) *Tensor {
	if x == nil {
		misuse("input", "the input is nil")
	}
	p.used = true
	return p.tape.Leaf(x.Name(), x.Data(), x.Shape(), false)
}

// Of returns the parameter as a tensor of this pass, times its forward multiplier; nil gives nil. It is the only way to
// compute with a parameter.
func (p *Pass) Of(w *Param) *Tensor {
	if w == nil {
		return nil
	}
	p.checkOwn("of", w)
	p.used = true
	x := p.leaf(w)
	if p.memo[w.index] == nil {
		if w.Multiplier != 1 {
			x = x.MulScalar(w.Multiplier)
		}
		p.memo[w.index] = x
	}
	return p.memo[w.index]
}

// leaf returns what the parameter's gradient is taken from.
func (p *Pass) leaf(w *Param) *Tensor {
	if missing := len(p.store.params) - len(p.leaves); missing > 0 {
		p.leaves = append(p.leaves, make([]*Tensor, missing)...)
		p.memo = append(p.memo, make([]*Tensor, missing)...)
	}
	if p.leaves[w.index] == nil {
		if p.outer != nil {
			p.leaves[w.index] = p.tape.Mirror(p.outer.leaf(w))
		} else {
			p.leaves[w.index] = p.tape.Leaf(w.Name, w.Data, w.Shape, w.Trainable())
		}
	}
	return p.leaves[w.index]
}

func (p *Pass) checkOwn(op string, w *Param) {
	if w.index >= len(p.store.params) || p.store.params[w.index] != w {
		misuse(op, "parameter %q belongs to another store than this pass", w.Name)
	}
}

// Rand returns a fresh random stream for a purpose: the k-th request of a run gives the k-th stream, which depends on
// nothing but the store's seed and step, the shard, the purpose and k.
func (p *Pass) Rand(purpose string) *rand.Rand {
	p.used = true
	k := p.uses[purpose]
	p.uses[purpose] = k + 1
	return stream(p.store.seed, "pass:"+purpose, p.step, p.Shard, k)
}

// Backward goes back from a loss of one element and returns the gradients, which live until Reset ([Grads.Add] copies
// them). Forward and Backward may follow each other several times in one run. It panics with an
// [*autograd.UsageError] when the parameters changed since the run began.
func (p *Pass) Backward(loss *Tensor) Grads {
	p.checkCurrent()
	p.tape.Backward(loss, nil)
	return p.collect()
}

// BackwardFrom is Backward from a tensor of any size whose gradient is given.
func (p *Pass) BackwardFrom(y *Tensor, dy []float32) Grads {
	p.checkCurrent()
	p.tape.Backward(y, dy)
	return p.collect()
}

func (p *Pass) checkCurrent() {
	if p.revision != p.store.revision {
		misuse("backward", "the parameters changed since this run began: call Reset before each forward")
	}
}

// collect takes the leaves' gradients and the staged updates off the pass.
func (p *Pass) collect() Grads {
	g := p.give()
	for _, x := range p.leaves {
		var grad []float32
		if x != nil {
			grad = x.TakeGrad()
		}
		g.of = append(g.of, grad)
	}
	clear(p.memo) // what was computed from a leaf is spent, the leaf is not
	g.updates = append(g.updates, p.updates...)
	p.updates = p.updates[:0]
	return Grads{g, p.run}
}

// give returns empty gradients for the next Backward of the run: those of an earlier run, unless they moved out.
func (p *Pass) give() *gradients {
	i := p.backward
	p.backward++
	if i == len(p.given) {
		p.given = append(p.given, nil)
	}
	if g := p.given[i]; g == nil || g.pass != p {
		p.given[i] = &gradients{pass: p}
	}
	g := p.given[i]
	g.params, g.of, g.updates, g.scale, g.taken = p.store.params, g.of[:0], g.updates[:0], 1, false
	return g
}

// update is a new value for a buffer, staged until the optimizer's step.
type update struct {
	buffer   *Param
	value    []float32
	momentum float32
}

// Update stages a statistic of this run: on the next optimizer step the buffer moves to
// (1 - momentum) buffer + momentum value. Passes never write the store. value must live until Reset.
func (p *Pass) Update(buffer *Param, value []float32, momentum float32) {
	p.checkOwn("update", buffer)
	if len(value) != len(buffer.Data) {
		misuse("update", "%d values for buffer %q of shape %v", len(value), buffer.Name, buffer.Shape)
	}
	p.updates = append(p.updates, update{buffer, value, momentum})
}
