package nn

import "github.com/heft-ml/heft/autograd"

// RNN is layers of Elman's recurrence (torch.nn.RNN): h = tanh(Wih x + bih + Whh h + bhh), or with max(·, 0) in place of tanh:
// see [autograd.Tensor.RNNTanh].
type RNN struct{ recurrent }

// RNNOption changes an RNN: [RectifiedRNN].
type RNNOption struct{ relu bool }

// RectifiedRNN makes the nonlinearity max(·, 0) (PyTorch's nonlinearity="relu").
func RectifiedRNN() RNNOption { return RNNOption{relu: true} }

// NewRNN declares, of each layer k, weight_ih_lk [h, in], weight_hh_lk [h, h], bias_ih_lk and bias_hh_lk [h], and with
// Bidirectional the same ending in _reverse; in is that of what comes in, and of upper layers as much as the lower one
// returns. What cannot be in the configuration panics with an [*autograd.UsageError] that names the field.
func NewRNN(s *Scope, c RecurrentConfig, opts ...RNNOption) *RNN {
	op := (*Tensor).RNNTanh
	for _, o := range opts {
		if o.relu {
			op = (*Tensor).RNNReLU
		}
	}
	return &RNN{newRecurrent(s, "rnn", 1, c, func(x *Tensor, r autograd.Recurrence[float32]) (y, cn *Tensor) {
		return op(x, r), nil
	})}
}

// Forward computes y [n, t, h], or [n, t, 2 h] with Bidirectional, from x [n, t, in], from a state of zeros or what the
// pass's [Cache] remembers.
func (l *RNN) Forward(p *Pass, x *Tensor) *Tensor {
	y, _ := l.ForwardFrom(p, x, State{})
	return y
}

// ForwardFrom is Forward from a given state, and returns that at the end, too. Gradients flow through both.
func (l *RNN) ForwardFrom(p *Pass, x *Tensor, start State) (y *Tensor, end State) {
	y, end = l.forward(p, l, x, start)
	return p.Tap(l, y), end
}
