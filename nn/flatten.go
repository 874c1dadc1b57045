package nn

// Flatten joins all axes of a sample into one (torch.nn.Flatten), as between convolutions and linear layers.
type Flatten struct{ Named }

// NewFlatten declares no parameters.
func NewFlatten(s *Scope) *Flatten { return &Flatten{s.Named()} }

// Forward computes y [n, a*b*...] from x [n, a, b, ...].
func (l *Flatten) Forward(p *Pass, x *Tensor) *Tensor { return p.Tap(l, x.Flatten(1)) }
