package nn

// GroupNorm normalizes groups of neighbouring channels of every sample to mean 0 and variance 1, then applies gain and
// shift (arXiv:1803.08494). It needs no batch.
type GroupNorm struct {
	Named
	Weight, Bias *Param // [c], [c]
	Groups       int
	Eps          float64
}

// NewGroupNorm declares weight [c] and bias [c], with eps 1e-5. Groups that do not divide c panic with an
// [*autograd.UsageError].
func NewGroupNorm(s *Scope, groups, c int) *GroupNorm {
	if groups < 1 || c < 1 || c%groups != 0 {
		misuse("group norm", "%q has %d groups, which must divide its channels, %d", s.path, groups, c)
	}
	return &GroupNorm{s.Named(), s.Scale("weight", c), s.Bias("bias", c), groups, normEps}
}

// Forward computes y from x, both [n, c, ...].
func (l *GroupNorm) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.GroupNorm(l.Groups, p.Of(l.Weight), p.Of(l.Bias), l.Eps))
}
