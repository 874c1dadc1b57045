package lab

import (
	"fmt"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// stage is a linear layer before its weights are drawn: what its scheme promises.
type stage struct {
	in, out  float64
	weight   initializer.Law // multipliers included
	bias     initializer.Law
	longSide float64
}

// stages returns the linear layers of an experiment. The error names the parameter that its scheme promises nothing for.
func (e *Experiment) stages() ([]stage, error) {
	scheme, err := e.Setup.scheme()
	if err != nil {
		return nil, err
	}
	all, err := e.lawful(scheme, linears(e.Model.(*nn.MLP).Layers))
	if err != nil {
		return nil, err
	}
	for k, s := range all {
		if s.weight.Variance == 0 {
			return nil, fmt.Errorf("scheme %s starts %s at 0, so there is nothing to predict", e.Setup.Scheme, e.Weight(k+1).Name)
		}
	}
	return all, nil
}

// linears returns the linear layers among some.
func linears(layers []nn.Layer) (all []*nn.Linear) {
	for _, l := range layers {
		if l, ok := l.(*nn.Linear); ok {
			all = append(all, l)
		}
	}
	return all
}

// lawful returns what a scheme promises of linear layers.
func (e *Experiment) lawful(scheme initializer.Scheme, layers []*nn.Linear) (all []stage, err error) {
	for _, l := range layers {
		s := stage{in: float64(l.Weight.Shape[1]), out: float64(l.Weight.Shape[0])}
		s.longSide = max(s.in, s.out)
		if s.weight, err = e.law(scheme, l.Weight); err != nil {
			return nil, err
		}
		if s.bias, err = e.law(scheme, l.Bias); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// law returns what a scheme promises of a parameter, its multiplier included.
func (e *Experiment) law(scheme initializer.Scheme, p *nn.Param) (initializer.Law, error) {
	law, promised := initializer.LawOf(scheme, &p.Param)
	if !promised || e.Setup.Scheme == LSUVScheme {
		return law, fmt.Errorf("scheme %s promises no variance of %s, so there is nothing to predict", e.Setup.Scheme, p.Name)
	}
	law.Variance *= float64(p.Multiplier) * float64(p.Multiplier)
	return law, nil
}

// CanPredict tells whether a scheme, as text, promises the variance of the weights of a perceptron, so that mean-field theory
// can say what its network does.
func CanPredict(scheme string) bool {
	s, err := initializer.Parse(strings.TrimSpace(scheme))
	if err != nil {
		return false
	}
	const wide = 1000 // sparse leaves nothing of a few units
	law, promised := initializer.LawOf(s, &initializer.Param{
		Name: "0.weight", Kind: initializer.Weight, Shape: []int{wide, wide}, FanIn: wide, FanOut: wide,
	})
	return promised && law.Variance > 0
}

// MeanField is what theory says of a network before its weights are drawn: second moments, the mean squares over units,
// samples and draws.
//
// The limit is that of infinitely wide layers (Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2016,
// arXiv:1611.01232): the inputs z of a layer's activation φ are normal numbers of variance k, and with weights of variance
// σ² and a fan_in of n
//
//	k' = n σ² E φ(√k u)² + σ_b²    going up, u standard normal
//	g  = n' σ² E φ'(√k u)² g'      coming down: n' is fan_out, and g' the mean square of the gradient above
//
// A layer of N units draws a k' that varies around its mean, and so the mean of what follows shifts by terms of 1/N: those of
// the first order are added (Yaida 2019, arXiv:1910.00019; Hanin 2022, arXiv:2204.01058). They are of four kinds: k varies,
// and with it, the same way in all layers above; z is not quite normal where weights are not, or where rows are orthonormal;
// a weight that takes part in z is not independent of φ'(z), which the gradient meets on its way through the same weight; and
// this last in turn aligns the gradient with the layer's values. For rectifiers and linear layers all of them are 0.
type MeanField struct {
	Activation, Gradient           []float64 // of every hidden layer: of what it returns, and of the gradient of each sample's own loss
	ActivationLimit, GradientLimit []float64 // without the terms of 1/N

	ActivationScatter, GradientScatter []float64 // variance over draws of the logarithm of the mean square in one network
}

// predict returns the mean over samples of what theory says. second and fourth are the means of the samples' numbers to these
// powers. The loss has gradients of ±1 with respect to the outputs.
func predict(stages []stage, n *nonlinearity, second, fourth []float64) MeanField {
	f := meanField(stages, n, second, fourth, 1)
	limit := meanField(stages, n, second, fourth, 0)
	f.ActivationLimit, f.GradientLimit = limit.Activation, limit.Gradient
	return f
}

// meanField computes both moments and their scatter; finite is 1 with the terms of 1/N and 0 without.
func meanField(stages []stage, n *nonlinearity, second, fourth []float64, finite float64) MeanField {
	depth := len(stages) - 1
	f := newMeanField(depth)
	signals := make([]signal, len(second))
	for i := range signals {
		signals[i].enter(stages[0], second[i], fourth[i], finite)
	}
	layers := make([][]layer, len(second))
	for l := range depth {
		ks := make([]float64, len(signals))
		for i := range signals {
			ks[i] = signals[i].k
		}
		for i, m := range n.at(ks) {
			s := &signals[i]
			layers[i] = append(layers[i], s.through(stages[l], stages[l+1], m, finite))
			f.Activation[l] += s.returned / float64(len(signals))
			f.ActivationScatter[l] += s.scatter / float64(len(signals))
		}
	}
	top := stages[depth]
	for _, of := range layers {
		align(of)
		for l := range depth {
			factor, scatter := descend(of[l+1:])
			f.Gradient[l] += top.out * top.weight.Variance * factor / float64(len(layers))
			f.GradientScatter[l] += (of[l].before + scatter) / float64(len(layers))
		}
	}
	return f
}

// newMeanField has nothing but zeros, and no limit.
func newMeanField(depth int) MeanField {
	of := func() []float64 { return make([]float64, depth) }
	return MeanField{Activation: of(), Gradient: of(), ActivationScatter: of(), GradientScatter: of()}
}

// signal is one sample on its way up.
type signal struct {
	k        float64 // mean of the variance of z
	varies   float64 // its variance over draws
	kurtosis float64 // excess, of z
	weighted float64 // the share of z that is not the bias's, of k
	returned float64 // mean square of what the layer returned
	scatter  float64 // of that
}

// enter goes into the first layer. There k is the same in every draw.
func (s *signal) enter(st stage, second, fourth, finite float64) {
	s.k = st.in*st.weight.Variance*second + st.bias.Variance
	s.shape(st, second, fourth, finite)
}

// shape says what is not normal in z, for inputs with these means of powers.
func (s *signal) shape(st stage, second, fourth, finite float64) {
	own := st.in * st.weight.Variance * second / s.k
	s.weighted = own
	if st.weight.Orthonormal { // z is some coordinates of a random vector of fixed length
		s.kurtosis = -6 / (st.longSide + 2) * own * own
	} else if second > 0 {
		s.kurtosis = st.weight.Kurtosis * fourth / (second * second) / st.in * own * own
	}
	s.kurtosis = finite * (s.kurtosis + st.bias.Kurtosis*(1-own)*(1-own))
}

// layer is what the gradient meets on its way down through a layer's activation and weight.
type layer struct {
	factor     float64 // by which the mean square grows, in the limit
	corrected  float64 // relative: of this layer alone, in the first order
	curved     float64 // relative: half of the second derivative by k, times the variance of k
	bent       float64 // relative first derivative by k
	varies     float64 // variance of k
	passed     float64 // derivative of the next k by this one
	together   float64 // relative covariance of the factor with the next k, at a fixed k
	turned     float64 // see descend
	follows    float64
	aligned    float64 // a' - 1 of descend
	uneven     float64
	before     float64 // relative variance of the mean square of the gradient above, and of
	after      float64 // that below the activation
	kurtosis   float64
	units      float64 // that the weight takes in
	orthogonal bool
	weighted   float64
	finite     float64
}

// through goes through the activation of one stage and into the next one.
func (s *signal) through(here, next stage, m moments, finite float64) layer {
	k, n := s.k, here.out
	l := layer{
		factor:    here.out * here.weight.Variance * m.slope,
		corrected: s.kurtosis * m.slopeHe4 / (24 * m.slope),
		curved:    s.varies * m.slopeHe4 / (8 * k * k * m.slope),
		bent:      m.slopeHe2 / (2 * k * m.slope), varies: s.varies,
		turned:  m.slopeHe2 / m.slope,
		follows: m.turned * m.turned / (m.square * m.slope), uneven: m.both/(m.square*m.slope) - 1,
		kurtosis: here.weight.Kurtosis, units: here.in, orthogonal: here.weight.Orthonormal, weighted: s.weighted, finite: finite,
	}
	c := next.in * next.weight.Variance
	l.passed = c * m.squareHe2 / (2 * k)
	spread, together := m.fourth-m.square*m.square, m.both-m.square*m.slope
	if here.weight.Orthonormal { // the length of z is fixed: what goes with it does not vary
		fixed := n / here.longSide / 2
		spread -= fixed * m.squareHe2 * m.squareHe2
		together -= fixed * m.squareHe2 * m.slopeHe2
	}
	l.together = finite * c * together / (n * m.slope)
	l.before, l.after = scatterDown(n, next, m)
	s.returned = m.square + s.kurtosis*m.squareHe4/24 + s.varies*m.squareHe4/(8*k*k)
	s.varies = finite*c*c*spread/n + l.passed*l.passed*s.varies
	s.scatter = s.scatterUp(c)
	s.k = c*s.returned + next.bias.Variance
	s.shape(next, m.square, m.fourth, finite)
	return l
}

// descend returns the factor by which the mean square of a gradient grows from above the last of some layers to below the
// first, and the variance of its logarithm.
//
// Going down through W, the part of the gradient that lies along the values h that W was multiplied with is
// h Σ zᵢ δᵢ / |h|², with δ the gradient with respect to z. Next to what independent weights would give, its square is
// a = 1 + t + f (a' - 1): t from φ'(z), which goes with z itself, and f (a' - 1) from the alignment a' of the gradient above
// with φ(z). One direction of n has it, and meets φ' below the more the more φ' goes with φ there.
func descend(layers []layer) (factor, scatter float64) {
	product, shift, along := 1.0, 0.0, 0.0
	for i := len(layers) - 1; i >= 0; i-- {
		l := layers[i]
		shift += l.corrected + l.curved + l.finite*l.uneven*along
		own, above := l.weighted*l.turned, l.weighted*l.follows*l.aligned
		along = 0
		if !l.orthogonal {
			along = (own*(1+l.kurtosis/2) + above) / l.units
			shift += l.finite * along
		} else {
			along = (own + above) / l.units
		}
		product *= l.factor
	}
	drift := 0.0 // covariance of the product so far, from below, with k
	for _, l := range layers {
		shift += l.bent * drift
		scatter += l.after + l.bent*(2*drift+l.bent*l.varies)
		drift = l.passed*(drift+l.bent*l.varies) + l.together
	}
	return product * (1 + shift), scatter
}

// align says of all layers how the gradient above them is aligned.
func align(layers []layer) {
	above := 0.0
	for i := len(layers) - 1; i >= 0; i-- {
		l := &layers[i]
		l.aligned = above
		above = l.weighted * (l.turned + l.follows*above)
	}
}
