package lab

import "github.com/heft-ml/heft/nn"

// Upward is a probe that sees what modules return, and no gradients.
type Upward func(m nn.Module, y *nn.Tensor)

// Up shows what a module returned.
func (f Upward) Up(m nn.Module, y *nn.Tensor) { f(m, y) }

// Down shows nothing.
func (Upward) Down(nn.Module, []float32) {}

// look runs a model in inference and shows what each module returns.
func look(s *nn.Store, m nn.Layer, x *nn.Tensor, see Upward) {
	p := nn.NewPass(s, nn.Inference)
	p.Probe = see
	m.Forward(p, p.Input(x))
}

// lookAtRows is look without the modules that return something else than a row for each sample.
func lookAtRows(s *nn.Store, m nn.Layer, x *nn.Tensor, see Upward) {
	look(s, m, x, func(m nn.Module, y *nn.Tensor) {
		if y.Rank() > 0 && y.Dim(0) == x.Dim(0) {
			see(m, y)
		}
	})
}
