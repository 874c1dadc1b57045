package nn

// Module is anything with a place in the tree of names: layers, blocks, models.
type Module interface{ Path() string }

// Layer is a module from one tensor to one tensor.
type Layer interface {
	Module
	Forward(p *Pass, x *Tensor) *Tensor
}

// Probe looks at a pass: at what every module returns, going up, and at its gradient, coming down. It must not keep or
// write what it sees.
type Probe interface {
	Up(m Module, y *Tensor)
	Down(m Module, dy []float32)
}

// Tap shows y to the pass's probe and returns it. Every module returns through it.
func (p *Pass) Tap(m Module, y *Tensor) *Tensor {
	if probe := p.Probe; probe != nil {
		probe.Up(m, y)
		p.tape.Watch(y, func(dy []float32) { probe.Down(m, dy) })
	}
	return y
}
