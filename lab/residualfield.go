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
// are the same. The scatter is of the first order, for independent weights, as if what varies going up and coming down had
// nothing in common.
func (e *Experiment) predictResidual(n *nonlinearity, second []float64) (MeanField, error) {
	stages, err := e.residualStages()
	if err != nil {
		return MeanField{}, err
	}
	depth := e.Setup.Depth
	f := newMeanField(depth)
	streams := make([]stream, len(second))
	ways := make([][]way, len(second)) // of each block, by sample
	open, top := stages[0], stages[len(stages)-1]
	for i, x := range second {
		streams[i] = stream{kind: e.Setup.Residual, scale: e.Setup.branchScale(), eps: e.normEps(), q: open.second(x), scatter: 2 / open.out}
	}
	for k := range depth {
		first, last := stages[1+2*k], stages[2+2*k]
		ks := make([]float64, len(streams))
		for i, s := range streams {
			ks[i] = first.second(s.enters())
		}
		for i, m := range n.at(ks) {
			ways[i] = append(ways[i], streams[i].through(first, last, m))
			f.Activation[k] += streams[i].q / float64(len(streams))
			f.ActivationScatter[k] += streams[i].scatter / float64(len(streams))
		}
	}
	for i, s := range streams {
		g, scatter := top.out*top.weight.Variance, 2/top.in
		if s.kind == PreNormResidual {
			g /= s.q + s.eps
			scatter += s.scatter
		}
		for k := depth - 1; k >= 0; k-- {
			f.Gradient[k] += g / float64(len(streams))
			f.GradientScatter[k] += scatter / float64(len(streams))
			g *= ways[i][k].factor
			scatter += ways[i][k].scatter
		}
	}
	f.ActivationLimit, f.GradientLimit = f.Activation, f.Gradient
	return f, nil
}

// normEps is what the blocks' norms add to the variance.
func (e *Experiment) normEps() float64 {
	if norm, ok := e.parts.hidden[0].(*nn.Residual).Norm.(*nn.LayerNorm); ok {
		return norm.Eps
	}
	return 0
}

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
	eps   float64 // of norms
	q     float64 // mean square of the stream

	scatter float64 // of that
}

// way is what becomes of a gradient's mean square on its way back through a block: it grows by a factor, whose logarithm varies.
type way struct{ factor, scatter float64 }

// enters returns the mean square of what enters the coming branch.
func (s *stream) enters() float64 {
	if s.kind == PreNormResidual {
		return s.q / (s.q + s.eps)
	}
	return s.q
}

// through goes through a block, with the moments of its activation.
func (s *stream) through(first, last stage, m moments) way {
	square, n := s.scale*s.scale, last.out
	back := square * first.out * first.weight.Variance * last.out * last.weight.Variance * m.slope
	follows := 0.0 // how the branch grows with the stream: relative derivative
	if s.kind == PreNormResidual {
		back /= s.q + s.eps
	} else {
		follows = ratio(m.squareHe2, 2*m.square)
	}
	w := way{1 + back, scatterOfSum(1, back, 1+3*ratio(m.slopeFourth, m.slope*m.slope), n)}
	if s.kind == PreNormResidual {
		w.scatter += back * back / ((1 + back) * (1 + back)) * s.scatter
	}
	branch := square * last.second(m.square)
	sum := s.q + branch
	passed := ratio(s.q+follows*branch, sum)
	s.scatter = passed*passed*s.scatter + scatterOfSum(s.q, branch, 1+ratio(m.fourth, m.square*m.square), n)
	s.q = sum
	if s.kind == PlainResidual || s.kind == PreNormResidual {
		return w
	}
	w.factor /= s.q + s.eps
	w.scatter += s.scatter
	s.q, s.scatter = s.q/(s.q+s.eps), 0
	return w
}
