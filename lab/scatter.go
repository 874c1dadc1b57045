package lab

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// The mean square that a layer has in one network is a product of a factor for every layer, and so nearly log-normal. The
// variance of its logarithm, here the scatter, grows like depth over width: of rectifiers and independent normal weights by
// 5/n in each layer of n units (Hanin and Nica 2018, arXiv:1812.05994). For any activation it follows, to the first order in
// 1/n, from the moments that mean-field theory knows. It is that of one sample: a mean over samples scatters less.

// Needs returns how many networks it takes to tell a mean over networks from theory. The squares of log-normal numbers of a
// scatter s², of which a standard error is made, are mostly those of networks 2s standard deviations above the middle of the
// logarithm. Of them fifteen have to be expected: then, as simulations show, the mean is more than 4.3 standard errors too low in
// 3 to 6 of 10,000 samples whatever s is, and not, as it is with few networks, in most. Without scatter that is 30 networks.
func (c Compared) Needs() float64 {
	return leastNets / 2 / distuv.UnitNormal.Survival(2*math.Sqrt(math.Max(0, c.Scatter)))
}

// Decided tells whether there are networks enough for a comparison, by theory: the sample may not show what it lacks.
func (f *TheoryFindings) Decided(c Compared) bool { return !(c.Needs() > float64(f.Nets)) }

// Undecided returns how many comparisons need more networks than there are, and how many the most demanding of them needs. What
// is out of range is no comparison.
func (f *TheoryFindings) Undecided() (count int, needs float64) {
	for _, x := range f.inRange() {
		if !f.Decided(x) {
			count, needs = count+1, math.Max(needs, x.Needs())
		}
	}
	return count, needs
}

// inRange returns every comparison that is not out of range.
func (f *TheoryFindings) inRange() (all []Compared) {
	for _, c := range f.Results {
		for _, list := range [][]Compared{c.Activation, c.Gradient} {
			for _, x := range list {
				if !x.OutOfRange() {
					all = append(all, x)
				}
			}
		}
	}
	return all
}

// scatterUp returns that of the mean square that a layer returned, given the variance of the next k, which is this mean square
// times c but for what the bias adds.
func (s *signal) scatterUp(c float64) float64 {
	mean := c * s.returned
	return ratio(s.varies, mean*mean)
}

// scatterDown returns, of a gradient that comes from a weight into n units, the relative variance of its mean square for a
// given gradient above, and that of its mean square after the activation.
func scatterDown(n float64, from stage, m moments) (before, after float64) {
	before = 2 / n
	if m.slope*m.slope == 0 { // nothing comes through
		return before, 0
	}
	after = (3*m.slopeFourth/(m.slope*m.slope) - 1) / n
	if from.weight.Orthonormal { // some coordinates of a random vector of fixed length
		fixed := 2 / from.longSide
		before, after = before-fixed, after-fixed
	}
	return before, after
}

// scatterOfSum returns the relative variance of the mean square of a + b, n numbers each: a has the mean square a, and b, which
// does not depend on its direction, the mean square b, whose relative variance is spread/n.
func scatterOfSum(a, b, spread, n float64) float64 {
	return ratio(4*a*b+b*b*spread, n*(a+b)*(a+b))
}

// ratio is a part relative to a moment; of a moment of 0, which does not vary, it is 0.
func ratio(part, moment float64) float64 {
	if moment == 0 {
		return 0
	}
	return part / moment
}
