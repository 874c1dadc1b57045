package nn

// Module is anything with a place in the tree of names: layers, blocks, models.
type Module interface {
	// Path returns the module's name: the prefix of its parameters' names, without the last dot.
	Path() string
}

// Layer is a module from one tensor to one tensor.
type Layer interface {
	Module
	// Forward computes on the pass what the layer makes of x. What a module gives to another one is for that one alone, which
	// may put its own result in its place: who wants to look at it sets the pass's Probe.
	Forward(p *Pass, x *Tensor) *Tensor
}

// Probe looks at a pass: at what every module returns, going up, and at its gradient, coming down, the last module first.
// It must not keep or write what it sees.
type Probe interface {
	// Up gets what the module returns, as soon as it does.
	Up(m Module, y *Tensor)
	// Down gets the gradient of what the module returned, of its size, when Backward passes there.
	Down(m Module, dy []float32)
}

// watched tells whether somebody may keep a module's or an op's result to look at it later.
func (p *Pass) watched() bool { return p.Probe != nil || p.tape.Observe != nil }

// add returns x + z, which takes the place of z where nobody watches: what a module returned is for the next one alone.
func (p *Pass) add(x, z *Tensor) *Tensor {
	if p.watched() {
		return x.Add(z)
	}
	return x.AddOnto(z)
}

// Tap shows y to the pass's probe and returns it. Every module returns through it.
func (p *Pass) Tap(m Module, y *Tensor) *Tensor {
	if probe := p.Probe; probe != nil {
		probe.Up(m, y)
		p.tape.Watch(y, func(dy []float32) { probe.Down(m, dy) })
	}
	return y
}
