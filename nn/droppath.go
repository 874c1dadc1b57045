package nn

// DropPath zeroes what it gets of a whole sample with probability P in training passes and divides the others by 1 - P:
// stochastic depth (arXiv:1603.09382). It stands at the end of a residual's branch. Inference passes leave x as it is.
type DropPath struct {
	Named
	P float64
}

// NewDropPath declares no parameters; its name chooses its random stream.
func NewDropPath(s *Scope, p float64) *DropPath {
	if !(p >= 0 && p <= 1) {
		misuse("drop path", "%q: the probability is %v, but must be in [0, 1]", s.path, p)
	}
	return &DropPath{s.Named(), p}
}

// Forward computes y from x, both [n, ...].
func (l *DropPath) Forward(p *Pass, x *Tensor) *Tensor {
	if p.Training() && l.P > 0 {
		x = x.DropPath(l.P, p.Rand(l.Path()))
	}
	return p.Tap(l, x)
}
