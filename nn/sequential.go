package nn

// Sequential applies layers one after another.
type Sequential struct {
	Named
	Layers []Layer
}

// NewSequential joins layers. To have PyTorch's names, declare layer i at s.At(i).
func NewSequential(s *Scope, layers ...Layer) *Sequential { return &Sequential{s.Named(), layers} }

// Forward computes what the last layer makes of what the others made of x.
func (l *Sequential) Forward(p *Pass, x *Tensor) *Tensor { return p.Tap(l, l.run(p, x)) }

func (l *Sequential) run(p *Pass, x *Tensor) *Tensor {
	for _, layer := range l.Layers {
		x = layer.Forward(p, x)
	}
	return x
}
