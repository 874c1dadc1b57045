package nn

// LSTM is layers of long short-term memory (torch.nn.LSTM): see [autograd.Tensor.LSTM].
type LSTM struct{ recurrent }

// NewLSTM declares what [NewRNN] does, with 4 h rows in place of h: those of the gates i and f, of the candidate, and of
// the gate o. Each has a fan_in of its own columns and a fan_out of h.
func NewLSTM(s *Scope, c RecurrentConfig) *LSTM {
	const gates = 4
	l := &LSTM{newRecurrent(s, "lstm", gates, c, (*Tensor).LSTM)}
	l.cells = true
	return l
}

// Forward computes y [n, t, h], or [n, t, 2 h] with Bidirectional, from x [n, t, in], from a state of zeros or what the
// pass's [Cache] remembers.
func (l *LSTM) Forward(p *Pass, x *Tensor) *Tensor {
	y, _ := l.ForwardFrom(p, x, State{})
	return y
}

// ForwardFrom is Forward from a given state, and returns that at the end, too. Gradients flow through both.
func (l *LSTM) ForwardFrom(p *Pass, x *Tensor, start State) (y *Tensor, end State) {
	y, end = l.forward(p, l, x, start)
	return p.Tap(l, y), end
}
