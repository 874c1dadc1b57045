package paper

import (
	"context"
	"math"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

var _ = register(Paper{
	Name: "lsuv", Year: 2015,
	Title:  "Unit variance in every layer, whatever the activation",
	Claim:  "A start from orthonormal weights, each divided by the standard deviation of what its layer returns for one batch, one layer after another, has outputs of variance 1 in every layer, for any activation.",
	Source: "Mishkin, Matas 2015, All you need is a good init, arXiv:1511.06422, algorithm 1",
	Setup:  "20 hidden layers of 100 units of tanh, ReLU and GELU on a batch of 256 digits, before training; the variance of what each linear layer returns for that batch and, for comparison, for 256 other digits, and from the orthonormal weights as they are.",
	Rule:   "The variance of every linear layer is from 0.9 to 1.1 with every seed.",
	Run:    lsuvStart{activations: []string{"tanh", "relu", "gelu"}, depth: 20, width: 100}.run,
})

// lsuvStart is networks on digits that are not trained.
type lsuvStart struct {
	activations  []string
	depth, width int
}

// variances are of what the linear layers of a network return.
type variances struct {
	least, greatest           float64 // for the batch that the network was fitted to
	otherLeast, otherGreatest float64 // for another one
	lastBefore                float64 // of the last hidden layer, before
	rescaled                  float64 // the most rescalings that a layer took
}

func (l lsuvStart) run(ctx context.Context, c Config) (Outcome, error) {
	train, _, err := lab.Open("digits")
	if err != nil {
		return Outcome{}, err
	}
	const batch = 256
	x := train.X.Flatten(1)
	fitted, other := x.Slice(0, 0, batch), x.Slice(0, batch, 2*batch)
	all, err := jobs(ctx, c, len(l.activations)*c.Seeds, func(k int) (variances, error) {
		return l.measure(l.activations[k/c.Seeds], uint64(k%c.Seeds+1), fitted, other)
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for i, activation := range l.activations {
		own := all[i*c.Seeds : (i+1)*c.Seeds]
		row := func(label string, limits *Limits, of func(v variances) float64) {
			o.Rows = append(o.Rows, Row{Label: activation + ", " + label, Values: values(own, of), Limits: limits})
		}
		unit := within(0.9, 1.1).everySeed()
		row("least variance", unit, func(v variances) float64 { return v.least })
		row("greatest variance", unit, func(v variances) float64 { return v.greatest })
		row("most rescalings of a layer", nil, func(v variances) float64 { return v.rescaled })
		row("least, other batch", nil, func(v variances) float64 { return v.otherLeast })
		row("greatest, other batch", nil, func(v variances) float64 { return v.otherGreatest })
		row("last hidden layer, not rescaled", nil, func(v variances) float64 { return v.lastBefore })
	}
	return o, nil
}

// measure fits a network to a batch.  fitted, other [n, in]
func (l lsuvStart) measure(activation string, seed uint64, fitted, other *nn.Tensor) (variances, error) {
	const classes = 10
	widths := []int{fitted.Dim(1)}
	for range l.depth {
		widths = append(widths, l.width)
	}
	s := nn.NewStore(seed, initializer.Orthogonal())
	m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: append(widths, classes), Activation: activation})
	var v variances
	v.lastBefore = linearVariances(s, m, fitted)[l.depth-1]
	layers, err := lab.LSUV(s, m, fitted)
	if err != nil {
		return variances{}, err
	}
	for _, f := range layers {
		v.rescaled = math.Max(v.rescaled, float64(f.Rescaled))
	}
	v.least, v.greatest = Row{Values: linearVariances(s, m, fitted)}.Range()
	v.otherLeast, v.otherGreatest = Row{Values: linearVariances(s, m, other)}.Range()
	return v, nil
}

// linearVariances measures what each linear layer returns.
func linearVariances(s *nn.Store, m nn.Layer, x *nn.Tensor) []float64 {
	seen := lab.MeasureLoss(s, x.Dim(0), func(p *nn.Pass) *nn.Tensor { return m.Forward(p, p.Input(x)).Mean() })
	return values(seen.Of("Linear"), func(l lab.Layer) float64 { return l.Activation.Std * l.Activation.Std })
}
