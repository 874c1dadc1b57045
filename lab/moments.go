package lab

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// panels are where the quadrature is cut: at 0, where activations may have a kink, and finer near it, where a saturated one
// turns. Beyond the last end a normal distribution has 10⁻²³ of its mass.
var panels = []float64{0, 0.125, 0.5, 1.5, 4, 10}

// leastVariance is the least variance of normal numbers that float32, in which the activation computes, holds with all digits.
const leastVariance = 1e-72

// panelNodes is how many Gauss-Legendre nodes a panel has.
const panelNodes = 12

// normalNodes returns nodes and weights such that the sum of w f(u) is the mean of f over a standard normal u, for functions
// that are smooth but at 0.
func normalNodes() (u, w []float64) {
	x, wx := make([]float64, panelNodes), make([]float64, panelNodes)
	for i := range len(panels) - 1 {
		quad.Legendre{}.FixedLocations(x, wx, panels[i], panels[i+1])
		for k := range x {
			mass := wx[k] * math.Exp(-x[k]*x[k]/2) / math.Sqrt(2*math.Pi)
			u, w = append(u, x[k], -x[k]), append(w, mass, mass)
		}
	}
	return u, w
}

// nonlinearity takes means of an activation φ over normal distributions.
type nonlinearity struct {
	store *nn.Store
	layer *nn.Activation
	u, w  []float64
}

func newNonlinearity(name string) *nonlinearity {
	n := &nonlinearity{store: nn.NewStore(0, initializer.Zeros())}
	n.layer = nn.NewActivation(n.store.Root(), name)
	n.u, n.w = normalNodes()
	return n
}

// moments are means over z = √k u with a standard normal u. With the Hermite polynomials He₂ = u² - 1 and
// He₄ = u⁴ - 6u² + 3, the mean of g He₂ is 2k times the first and that of g He₄ 4k² times the second derivative of g's mean
// with respect to k (Stein's lemma).
type moments struct {
	square, squareHe2, squareHe4 float64 // of φ²
	slope, slopeHe2, slopeHe4    float64 // of φ'²
	fourth, slopeFourth          float64 // of φ⁴, of φ'⁴
	both                         float64 // of φ² φ'²
	turned                       float64 // of u φ φ'
}

// at returns the moments for every k. They are NaN where k is below leastVariance, unless it is 0.
func (n *nonlinearity) at(ks []float64) []moments {
	nodes := len(n.u)
	x := make([]float32, 0, len(ks)*nodes)
	for _, k := range ks {
		for _, u := range n.u {
			x = append(x, float32(math.Sqrt(k)*u))
		}
	}
	p := nn.NewPass(n.store, nn.Training)
	leaf := p.Tape().Leaf("z", x, []int{len(ks), nodes}, true)
	y := n.layer.Forward(p, leaf)
	values := append([]float32(nil), y.Data()...)
	ones := make([]float32, len(x))
	for i := range ones {
		ones[i] = 1
	}
	p.BackwardFrom(y, ones)
	slopes := leaf.TakeGrad()

	all := make([]moments, len(ks))
	for i := range all {
		m := &all[i]
		if k := ks[i]; k > 0 && k < leastVariance {
			nan := math.NaN()
			*m = moments{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}
			continue
		}
		for j, u := range n.u {
			w := n.w[j]
			f, d := float64(values[i*nodes+j]), float64(slopes[i*nodes+j])
			ff, dd := f*f, d*d
			he2 := u*u - 1
			he4 := float64(u*u*u*u) - float64(6*u*u) + 3
			m.square += float64(w * ff)
			m.squareHe2 += float64(w * ff * he2)
			m.squareHe4 += float64(w * ff * he4)
			m.slope += float64(w * dd)
			m.slopeHe2 += float64(w * dd * he2)
			m.slopeHe4 += float64(w * dd * he4)
			m.fourth += float64(w * ff * ff)
			m.slopeFourth += float64(w * dd * dd)
			m.both += float64(w * ff * dd)
			m.turned += float64(w * u * f * d)
		}
	}
	return all
}

// squares is the mean square of each row.  x: [n, ...]
func squares(x *nn.Tensor) (second, fourth []float64) {
	width := x.Len() / x.Dim(0)
	for i := range x.Dim(0) {
		var s, f float64
		for _, v := range x.Data()[i*width : (i+1)*width] {
			q := float64(v) * float64(v)
			s += q
			f += float64(q * q)
		}
		second, fourth = append(second, s/float64(width)), append(fourth, f/float64(width))
	}
	return second, fourth
}

// randomSigns is a fixed tensor of 1 and -1.
func randomSigns(s *nn.Store, rows, columns int) *nn.Tensor {
	r := s.Rand("signs")
	values := make([]float32, rows*columns)
	for i := range values {
		values[i] = float32(1 - 2*r.IntN(2))
	}
	return autograd.From(values, rows, columns)
}
