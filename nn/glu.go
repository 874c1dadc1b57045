package nn

// GatedMLP is the MLP of Llama: down_proj(f(gate_proj(x)) * up_proj(x)), with SiLU (SwiGLU) or GELU (GeGLU) as f
// (arXiv:2002.05202). Parameters have the names of Hugging Face's LlamaMLP. There are no biases.
type GatedMLP struct {
	Named
	Gate, Up *Linear // [hidden, c]
	Down     *Linear // [c, hidden]
	unit     GatedUnit
}

// GatedUnit is the function of a gated MLP.
type GatedUnit int

// SwiGLU gates with SiLU, GeGLU with GELU of the normal distribution.
const (
	SwiGLU GatedUnit = iota
	GeGLU
)

// NewGatedMLP declares gate_proj, up_proj and down_proj. branches is how many residual branches the network has, which
// initialization may go by: down_proj writes into the residual stream; 0 says that it does not.
func NewGatedMLP(s *Scope, c, hidden int, unit GatedUnit, branches int) *GatedMLP {
	if unit != SwiGLU && unit != GeGLU {
		misuse("gated mlp", "%q: there is no gated unit %d: use SwiGLU or GeGLU", s.path, unit)
	}
	s = s.Width(c)
	in := s.Inside(branches, 3) // gate times up, then down
	return &GatedMLP{
		Named: s.Named(), unit: unit,
		Gate: NewLinear(in.At("gate_proj"), c, hidden, NoBias()),
		Up:   NewLinear(in.At("up_proj"), c, hidden, NoBias()),
		Down: NewLinear(s.At("down_proj").Residual(branches), hidden, c, NoBias()),
	}
}

// Forward computes y from x, both [..., c].
func (l *GatedMLP) Forward(p *Pass, x *Tensor) *Tensor {
	gate, up := l.Gate.Forward(p, x), l.Up.Forward(p, x)
	if l.unit == GeGLU {
		return p.Tap(l, l.Down.Forward(p, gate.GeGLU(up)))
	}
	return p.Tap(l, l.Down.Forward(p, gate.SwiGLU(up)))
}

// FeedForward is the MLP of GPT-2: c_proj(f(c_fc(x))). Parameters have the names of Hugging Face's GPT2MLP, whose weights
// are transposed, though: there they are [in, out], here [out, in] as in every linear layer.
type FeedForward struct {
	Named
	In, Out *Linear // c_fc [hidden, c], c_proj [c, hidden], with biases
	act     *Activation
}

// NewFeedForward declares c_fc and c_proj with an activation between them: GPT-2's is "gelu_tanh". branches is how many
// residual branches the network has, for the initialization of c_proj; 0 says that it is in none.
func NewFeedForward(s *Scope, c, hidden int, activation string, branches int) *FeedForward {
	s = s.Width(c)
	return &FeedForward{
		Named: s.Named(),
		In:    NewLinear(s.At("c_fc").Inside(branches, 2), c, hidden),
		Out:   NewLinear(s.At("c_proj").Residual(branches), hidden, c),
		act:   NewActivation(s.At("act"), activation),
	}
}

// Forward computes y from x, both [..., c].
func (l *FeedForward) Forward(p *Pass, x *Tensor) *Tensor {
	h := l.In.Forward(p, x)
	if f := l.act.points; f.Forward != nil && !p.watched() {
		return h.LinearOf(f, p.Of(l.Out.Weight), p.Of(l.Out.Bias))
	}
	return p.Tap(l, l.Out.Forward(p, l.act.Forward(p, h)))
}
