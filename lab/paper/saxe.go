package paper

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

var _ = register(Paper{
	Name: "saxe-linear", Year: 2013,
	Title:  "Deep linear networks learn in a time that does not depend on depth",
	Claim:  "From orthogonal matrices a deep linear network learns in as many steps at any depth; from Gaussian ones of the same scale the steps grow with depth.",
	Source: "Saxe, McClelland, Ganguli 2013, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, arXiv:1312.6120, section 3, figure 6",
	Setup:  "linear networks of 5 to 100 hidden layers of 64 units, squared error to the class of digits, gradient descent over all of them at once; the steps until four fifths of what a linear map can explain are explained: at the learning rate that needs the fewest, found for each network on a grid of factor √2, and at the rate 0.1/depth. More than 500 steps count as 500.",
	Rule:   "From orthogonal matrices 100 layers take less than 1.5 times the steps of 5 layers, each at its best rate, and at the rate 0.1/depth the most steps of any depth are less than 1.5 times the fewest. From Gaussian ones 100 layers take more than twice the steps of 5, each at its best rate.",
	Note:   "At their best rates shallow networks need more steps than deep ones, not as many (the most over the fewest of any depth is about 2.6): outputs are large at the start, and the first steps of a shallow network allow no rate as large, beside its depth, as those of a deep one. At 0.1/depth the steps grow somewhat with depth, and ever less: the limit is near, and single seeds are beyond it.",
	Run: saxeLinear{
		depths: []int{5, 10, 20, 50, 100}, width: 64, explained: 0.8, most: 500, rate: 0.1, steady: below(1.5), growing: above(2),
	}.run,
})

// saxeLinear trains linear networks of several depths.
type saxeLinear struct {
	depths          []int // hidden layers
	width           int
	explained       float64 // share of what a linear map can explain, to reach
	most            int     // steps
	rate            float64 // times the depth, of those that are not searched for
	steady, growing *Limits
}

// regression is a linear problem: to find the W that makes ½ Σ (x Wᵀ - y)² least, where 0 can be reached. It has the
// same gradients as the mean of ½ |x Wᵀ - y|² over all samples of a set, which come down to as many rows as their rank:
// with the singular value decomposition X = U S Vᵀ, x is S Vᵀ/√n and y is UᵀY/√n. What of Y is in no column of U no W
// can explain, and is left out.
type regression struct {
	x, y *nn.Tensor // [rank, in], [rank, classes]
	zero float64    // the loss of W = 0
}

func regressionOf(set *data.Set) regression {
	n, in, classes := set.Len(), set.Features(), len(set.Classes)
	x, y := mat.NewDense(n, in, nil), mat.NewDense(n, classes, nil)
	for i, v := range set.X.Data() {
		x.Set(i/in, i%in, float64(v)/math.Sqrt(float64(n)))
	}
	for i, class := range set.Y.Data {
		y.Set(i, int(class), 1/math.Sqrt(float64(n)))
	}
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		panic("paper: the samples have no singular value decomposition")
	}
	var u, v, uy mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	uy.Mul(u.T(), y)
	s := svd.Values(nil)
	rank := 0
	for rank < len(s) && s[rank] > 1e-6*s[0] {
		rank++
	}
	var r regression
	var xs, ys []float32
	for i := range rank {
		for j := range in {
			xs = append(xs, float32(s[i]*v.At(j, i)))
		}
		for j := range classes {
			t := uy.At(i, j)
			ys = append(ys, float32(t))
			r.zero += float64(t * t / 2)
		}
	}
	r.x, r.y = autograd.From(xs, rank, in), autograd.From(ys, rank, classes)
	return r
}

// diverged is what steps returns of a loss that grows without bound.
const diverged = -1

// steps returns how many steps of gradient descent take the loss of a network to a target; most if not fewer.
func (r regression) steps(ctx context.Context, s *nn.Store, m nn.Layer, rate, target float64, most int) (int, error) {
	const unbounded = 1e4 // times the loss of 0
	opt := optim.NewSGD(s, rate)
	p := nn.NewPass(s, nn.Training)
	for step := range most {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p.Reset()
		loss := m.Forward(p, p.Input(r.x)).MSE(p.Input(r.y), autograd.Reduction(autograd.ReduceSum)).MulScalar(0.5)
		switch v := float64(loss.Item()); {
		case v <= target:
			return step, nil
		case !(v < unbounded*r.zero):
			return diverged, nil
		}
		opt.Step(p.Backward(loss))
	}
	return most, nil
}

// saxeStarts are what the paper compares: both keep lengths on average, the orthogonal one all of them.
var saxeStarts = []struct {
	name   string
	scheme initializer.Scheme
}{
	{"orthogonal", initializer.Orthogonal()},
	{"Gaussian", initializer.LeCunNormal()},
}

// saxeSteps are of one network.
type saxeSteps struct {
	best  float64 // at the best rate
	fixed float64 // at l.rate / depth; infinite if it diverges
}

func (l saxeLinear) run(ctx context.Context, c Config) (Outcome, error) {
	train, _, err := lab.Open("digits")
	if err != nil {
		return Outcome{}, err
	}
	r := regressionOf(train)
	cells := len(saxeStarts) * len(l.depths)
	all, err := jobs(ctx, c, cells*c.Seeds, func(k int) (saxeSteps, error) {
		cell := k % cells
		return l.measure(ctx, r, saxeStarts[cell/len(l.depths)].scheme, l.depths[cell%len(l.depths)], uint64(k/cells+1))
	})
	if err != nil {
		return Outcome{}, err
	}
	best := func(s saxeSteps) float64 { return s.best }
	fixed := func(s saxeSteps) float64 { return s.fixed }
	var o Outcome
	add := func(label string, limits *Limits, start int, of func(seed []saxeSteps) float64) {
		row := Row{Label: saxeStarts[start].name + label, Limits: limits}
		for seed := range c.Seeds {
			row.Values = append(row.Values, of(all[seed*cells+start*len(l.depths):][:len(l.depths)]))
		}
		o.Rows = append(o.Rows, row)
	}
	steps := func(text string, start int, of func(s saxeSteps) float64) {
		for d, depth := range l.depths {
			add(fmt.Sprintf(", depth %d, steps at %s", depth, text), nil, start, func(seed []saxeSteps) float64 { return of(seed[d]) })
		}
	}
	last := len(l.depths) - 1
	growth := fmt.Sprintf(", depth %d / depth %d", l.depths[last], l.depths[0])
	grown := func(seed []saxeSteps) float64 { return seed[last].best / seed[0].best }
	const searched = "best rate"
	given := figure.Number(l.rate) + "/depth"
	steps(searched, 0, best)
	add(growth, l.steady, 0, grown)
	steps(given, 0, fixed)
	add(", most / fewest at "+given, l.steady, 0, func(seed []saxeSteps) float64 {
		lo, hi := Row{Values: values(seed, fixed)}.Range()
		return hi / lo
	})
	steps(searched, 1, best)
	add(growth, l.growing, 1, grown)
	return o, nil
}

// measure counts the steps of one network.
func (l saxeLinear) measure(ctx context.Context, r regression, start initializer.Scheme, depth int, seed uint64) (saxeSteps, error) {
	target := (1 - l.explained) * r.zero
	try := func(rate float64, most int) (int, error) {
		s := nn.NewStore(seed, start)
		return r.steps(ctx, s, l.network(s, r, depth), rate/float64(depth), target, most)
	}
	fixed, err := try(l.rate, l.most)
	if err != nil {
		return saxeSteps{}, err
	}
	n := saxeSteps{fixed: float64(fixed)}
	if fixed == diverged {
		n.fixed = math.Inf(1)
	}
	best, err := fewest(func(rate float64) (int, error) { return try(rate, l.most) })
	n.best = float64(best)
	return n, err
}

// fewest returns the steps that training takes at the best rate times depth. From the largest rate down, past those at
// which it diverges, it looks on until three in turn are no better.
func fewest(try func(rate float64) (int, error)) (int, error) {
	const largest, rates = 4.0, 32
	best, worse := math.MaxInt, 0
	for k := 0; k < rates && worse < 3; k++ {
		n, err := try(largest * math.Pow(2, -float64(k)/2))
		switch {
		case err != nil:
			return 0, err
		case n == diverged:
		case n < best:
			best, worse = n, 0
		default:
			worse++
		}
	}
	return best, nil
}

// network declares linear layers without biases.
func (l saxeLinear) network(s *nn.Store, r regression, depth int) nn.Layer {
	var layers []nn.Layer
	in := r.x.Dim(1)
	for k := range depth {
		layers = append(layers, nn.NewLinear(s.At(k), in, l.width, nn.NoBias()))
		in = l.width
	}
	layers = append(layers, nn.NewLinear(s.At(depth), in, r.y.Dim(1), nn.NoBias()))
	return nn.NewSequential(s.Root(), layers...)
}
