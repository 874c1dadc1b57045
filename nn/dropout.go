package nn

// Dropout zeroes each value with probability P in training passes and divides the others by 1 - P
// (Srivastava et al. 2014). Inference passes leave x as it is.
type Dropout struct {
	Named
	P float64
}

// NewDropout declares no parameters; its name chooses its random stream.
func NewDropout(s *Scope, p float64) *Dropout {
	if !(p >= 0 && p <= 1) {
		misuse("dropout", "%q: the probability is %v, but must be in [0, 1]", s.path, p)
	}
	return &Dropout{s.Named(), p}
}

// Forward computes y from x, of any equal shape.
func (l *Dropout) Forward(p *Pass, x *Tensor) *Tensor {
	if p.Training() && l.P > 0 {
		x = x.Dropout(l.P, p.Rand(l.Path()))
	}
	return p.Tap(l, x)
}
