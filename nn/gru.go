package nn

import "github.com/heft-ml/heft/autograd"

// GRU is layers of gated recurrent units (torch.nn.GRU): see [autograd.Tensor.GRU].
type GRU struct{ recurrent }

// NewGRU declares what [NewRNN] does, with 3 h rows in place of h: those of the gates r and z, and of the candidate. Each
// has a fan_in of its own columns and a fan_out of h.
func NewGRU(s *Scope, c RecurrentConfig) *GRU {
	const gates = 3
	return &GRU{newRecurrent(s, "gru", gates, c, func(x *Tensor, r autograd.Recurrence[float32]) (y, cn *Tensor) {
		return x.GRU(r), nil
	})}
}

// Forward computes y [n, t, h], or [n, t, 2 h] with Bidirectional, from x [n, t, in], from a state of zeros or what the
// pass's [Cache] remembers.
func (l *GRU) Forward(p *Pass, x *Tensor) *Tensor {
	y, _ := l.ForwardFrom(p, x, State{})
	return y
}

// ForwardFrom is Forward from a given state, and returns that at the end, too. Gradients flow through both.
func (l *GRU) ForwardFrom(p *Pass, x *Tensor, start State) (y *Tensor, end State) {
	y, end = l.forward(p, l, x, start)
	return p.Tap(l, y), end
}
