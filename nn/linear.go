package nn

// Linear is a fully connected layer: y = x Wᵀ + b.
type Linear struct {
	Named
	Weight, Bias *Param // [out, in], [out]; Bias is nil with NoBias
}

// LinearOption changes a linear layer: [NoBias].
type LinearOption interface{ linear(*linearSettings) }

type linearSettings struct{ noBias bool }

// BiasOption says whether a layer has a bias.
type BiasOption struct{ none bool }

// NoBias leaves the bias out, of a linear layer or of a convolution.
func NoBias() BiasOption { return BiasOption{none: true} }

// WithBias gives a bias to a layer that has none unless it is asked for, such as [GroupedQueryAttention].
func WithBias() BiasOption { return BiasOption{} }

func (o BiasOption) linear(s *linearSettings) { s.noBias = o.none }

// NewLinear declares weight [out, in] and bias [out]. Fewer than 1 feature in or out panics with an
// [*autograd.UsageError].
func NewLinear(s *Scope, in, out int, opts ...LinearOption) *Linear {
	if in < 1 || out < 1 {
		misuse("linear", "%q has %d features in and %d out, but each must be 1 or more", s.path, in, out)
	}
	var set linearSettings
	for _, o := range opts {
		o.linear(&set)
	}
	l := &Linear{Named: s.Named(), Weight: s.Weight("weight", out, in)}
	if !set.noBias {
		l.Bias = s.Bias("bias", out, in)
	}
	return l
}

// Forward computes y [..., out] from x [..., in].
func (l *Linear) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.Linear(p.Of(l.Weight), p.Of(l.Bias)))
}
