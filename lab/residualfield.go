package lab

import "github.com/heft-ml/heft/nn"

// predictResidual returns what mean-field theory says of a residual network in the limit of infinitely wide layers (Yang and
// Schoenholz 2017, arXiv:1712.08969; De and Smith 2020, arXiv:2002.10444): a branch adds its second moment to that of the
// stream, and its gradient to that of the stream. With n units, weights of variances σ₁² and σ₂², and a branch times s,
//
//	k  = n σ₁² u + σ_b1²                 u is the mean square of the stream x, or 1 after a norm
//	q' = q + s² (n σ₂² E φ(√k u)² + σ_b2²)
//	g  = g' (1 + s² n σ₁² n σ₂² E φ'(√k u)²)
//
// A norm before the branch divides what comes back through it by the variance of x. One after the sum divides the stream,
// which is then 1, and all that comes back, by the variance of the sum. The terms of 1/N are not known: Limit and prediction
// are the same.
func (e *Experiment) predictResidual(n *nonlinearity, second []float64) (MeanField, error) {
	stages, err := e.residualStages()
	if err != nil {
		return MeanField{}, err
	}
	depth := e.Setup.Depth
	up, down := make([]float64, depth), make([]float64, depth)
	streams := make([]stream, len(second))
	factors := make([][]float64, len(second)) // of each block, by sample
	open, top := stages[0], stages[len(stages)-1]
	for i, x := range second {
		streams[i] = stream{kind: e.Setup.Residual, scale: e.Setup.branchScale(), q: open.second(x)}
	}
	for k := range depth {
		first, last := stages[1+2*k], stages[2+2*k]
		ks := make([]float64, len(streams))
		for i, s := range streams {
			ks[i] = first.second(s.enters())
		}
		for i, m := range n.at(ks) {
			factors[i] = append(factors[i], streams[i].through(first, last, m))
			up[k] += streams[i].q / float64(len(streams))
		}
	}
	for i, s := range streams {
		g := top.out * top.weight.Variance
		if s.kind == PreNormResidual {
			g /= s.q + normEps
		}
		for k := depth - 1; k >= 0; k-- {
			down[k] += g / float64(len(streams))
			g *= factors[i][k]
		}
	}
	return MeanField{Activation: up, ActivationLimit: up, Gradient: down, GradientLimit: down}, nil
}

// normEps is what a layer norm adds to the variance.
const normEps = 1e-5

// second returns the mean square of what a linear layer makes of numbers of that mean square.
func (s stage) second(x float64) float64 { return s.in*s.weight.Variance*x + s.bias.Variance }

// residualStages returns the linear layers of a residual network in order: the one that opens the stream, two for each block,
// and that of the outputs. The error names the parameter that its scheme promises nothing for.
func (e *Experiment) residualStages() ([]stage, error) {
	scheme, err := e.Setup.scheme()
	if err != nil {
		return nil, err
	}
	var linear []*nn.Linear
	for _, l := range e.Model.(*nn.Sequential).Layers {
		if block, ok := l.(*nn.Residual); ok {
			linear = append(linear, linears(block.Branch.(*nn.Sequential).Layers)...)
		}
		linear = append(linear, linears([]nn.Layer{l})...)
	}
	return e.lawful(scheme, linear)
}

// stream is what one sample's residual stream is on its way up.
type stream struct {
	kind  string
	scale float64 // of branches
	q     float64 // mean square of the stream
}

// enters returns the mean square of what enters the coming branch.
func (s *stream) enters() float64 {
	if s.kind == PreNormResidual {
		return s.q / (s.q + normEps)
	}
	return s.q
}

// through goes through a block, with the moments of its activation, and returns the factor by which the mean square of the
// gradient grows on its way back.
func (s *stream) through(first, last stage, m moments) float64 {
	square := s.scale * s.scale
	back := square * first.out * first.weight.Variance * last.out * last.weight.Variance * m.slope
	if s.kind == PreNormResidual {
		back /= s.q + normEps
	}
	s.q += square * last.second(m.square)
	if s.kind == PlainResidual || s.kind == PreNormResidual {
		return 1 + back
	}
	sum := s.q + normEps
	s.q /= sum
	return (1 + back) / sum
}
