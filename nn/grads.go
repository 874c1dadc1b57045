package nn

import (
	"math"
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Grads are the gradients of a store's parameters, and the statistics that its buffers will move to. Copies are the same
// Grads. Those that [Pass.Backward] returned live until the pass's Reset; a zero Grads, filled by Add, owns its memory.
type Grads struct {
	*gradients
	run int // of the pass whose memory they are in
}

// gradients are what all copies of a Grads share. A pass uses its own again after Reset, unless they moved out.
type gradients struct {
	pass    *Pass // whose memory this is; nil: its own
	params  []*Param
	of      [][]float32 // by parameter; nil: none
	scale   float32     // what the gradients are still to be multiplied by
	updates []update
	taken   bool // by an optimizer's step
}

// Taken tells whether an optimizer took a step with these gradients already.
func (g Grads) Taken() bool { return g.valid() && g.taken }

// Of returns the gradient of a parameter in row-major order, or nil if none flowed to it.
func (g Grads) Of(w *Param) []float32 {
	g.settle()
	grad, _ := g.Raw(w)
	return grad
}

// Raw returns the gradient of a parameter before a pending factor, and that factor, for optimizers that multiply on the
// way. The slice is nil if no gradient flowed.
func (g Grads) Raw(w *Param) (grad []float32, scale float32) {
	if !g.valid() || w == nil || w.index >= len(g.of) || g.params[w.index] != w {
		return nil, 1
	}
	return g.of[w.index], g.scale
}

// Norm returns the Euclidean norm of all gradients together, carried in float64.
func (g Grads) Norm() float64 {
	if !g.valid() {
		return 0
	}
	var s float64
	for _, d := range g.of {
		s += simd.SumSquares(d)
	}
	return math.Sqrt(s) * math.Abs(float64(g.scale))
}

// Scale multiplies all gradients by a factor.
func (g Grads) Scale(factor float32) {
	if g.valid() {
		g.scale *= factor
	}
}

// ClipNorm scales the gradients so that their norm is at most limit, and returns the norm before. As in PyTorch's
// clip_grad_norm_, the factor is limit / (norm + 1e-6) where that is below 1. A norm that is not finite leaves them as
// they are: look at the result.
func (g Grads) ClipNorm(limit float64) float64 {
	norm := g.Norm()
	if factor := limit / (norm + 1e-6); factor < 1 && !math.IsInf(norm, 0) {
		g.Scale(float32(factor))
	}
	return norm
}

// ClipValue limits every gradient to [-limit, limit], as PyTorch's clip_grad_value_.
func (g Grads) ClipValue(limit float32) {
	g.settle()
	if g.valid() {
		for _, d := range g.of {
			simd.Clamp(d, -limit, limit, d)
		}
	}
}

// Add adds another run's gradients, copying them: g then owns its memory. Statistics follow g's own, in order.
// Gradients of two stores cannot be added.
func (g *Grads) Add(h Grads) {
	if !h.valid() {
		return
	}
	if !g.valid() {
		g.gradients = &gradients{scale: 1}
	}
	if len(g.params) > 0 && len(h.params) > 0 && g.params[0] != h.params[0] {
		misuse("grads", "gradients of two stores cannot be added: their first parameters are %q and %q", g.params[0].Name, h.params[0].Name)
	}
	h.settle()
	g.settle()
	g.own()
	if len(h.params) > len(g.params) {
		g.params = h.params
	}
	g.of = append(g.of, make([][]float32, max(0, len(h.of)-len(g.of)))...)
	for i, d := range h.of {
		switch {
		case d == nil:
		case g.of[i] == nil:
			g.of[i] = slices.Clone(d)
		default:
			simd.Add(g.of[i], g.of[i], d)
		}
	}
	g.updates = append(g.updates, cloneUpdates(h.updates)...)
}

// own moves everything out of the pass's memory.
func (g Grads) own() {
	if g.pass == nil {
		return
	}
	g.pass = nil
	for i, d := range g.of {
		g.of[i] = slices.Clone(d)
	}
	g.updates = cloneUpdates(g.updates)
}

func cloneUpdates(us []update) []update {
	us = slices.Clone(us)
	for i := range us {
		us[i].value = slices.Clone(us[i].value)
	}
	return us
}

// settle applies the pending factor.
func (g Grads) settle() {
	if g.valid() && g.scale != 1 {
		for _, d := range g.of {
			simd.Scale(d, 0, g.scale, d)
		}
		g.scale = 1
	}
}

// valid tells whether there is anything, and panics when the memory it is in serves a later run.
func (g Grads) valid() bool {
	if g.gradients == nil {
		return false
	}
	if g.pass != nil && g.run != g.pass.run {
		misuse("grads", "gradients of an earlier run used after Reset: Add copies them")
	}
	return true
}

// commit moves the buffers: nothing else writes to them in training.
func (g Grads) commit() {
	if !g.valid() {
		return
	}
	g.taken = true
	for _, u := range g.updates {
		for i, v := range u.value {
			u.buffer.Data[i] = (1-u.momentum)*u.buffer.Data[i] + u.momentum*v
		}
	}
}

// For tells whether the gradients are of that store; no gradients at all are of any.
func (g Grads) For(s *Store) bool {
	return !g.valid() || len(g.params) == 0 || len(s.params) > 0 && g.params[0] == s.params[0]
}
