package paper

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

var _ = register(Paper{
	Name: "zero-start", Year: 1986,
	Title:  "Equal weights stay equal",
	Claim:  "If all weights start out with equal values and the solution requires that unequal weights be developed, the system can never learn.",
	Source: "Rumelhart, Hinton, Williams 1986, Learning internal representations by error propagation, section on breaking symmetry",
	Setup:  "3 hidden layers of 64 units on digits, SGD with learning rate 0.1 in batches of 64 for 500 steps; all weights start at 0, or at 0.1, biases at 0. After each step the largest difference between the weights, or the biases, of two hidden units of one layer, and in the end between what they return on average.",
	Rule:   "From 0, networks of ReLU and tanh end with all weights and hidden biases exactly 0, a loss within 0.01 of ln 10 and an output bias that moved. From 0 with sigmoid, and from 0.1 with tanh, hidden units change, their largest difference is exactly 0 after every step, and the matrix between two hidden layers has rank 1.",
	Note:   "The last rows are the same network from Xavier's start, for comparison.",
	Run: zeroStart{lab.Setup{
		Data: "digits", Depth: 3, Width: 64, Optimizer: "sgd", LR: 0.1, Batch: 64, Steps: 500,
	}}.run,
})

// zeroStart trains networks whose weights are all the same.
type zeroStart struct{ setup lab.Setup } // but for activation, scheme and seed

// zeroCases are the starts. silent ones have hidden units that return 0 and learn nothing, the units of equal ones learn
// the same.
var zeroCases = []struct {
	name, activation, scheme string
	silent, equal            bool
}{
	{name: "zeros, relu", activation: "relu", scheme: "zeros", silent: true},
	{name: "zeros, tanh", activation: "tanh", scheme: "zeros", silent: true},
	{name: "zeros, sigmoid", activation: "sigmoid", scheme: "zeros", equal: true},
	{name: "0.1, tanh", activation: "tanh", scheme: "constant(0.1)", equal: true},
	{name: "Xavier, tanh", activation: "tanh", scheme: "xavier-normal"},
}

// symmetry is what became of a network.
type symmetry struct {
	apart      float64 // the largest difference of two hidden units' weights or biases after any step, or of their means in the end
	moved      float64 // the largest change of a hidden weight or bias
	hidden     float64 // the largest absolute weight of all, or hidden bias, in the end
	outputBias float64 // the largest absolute value in the end
	rank       float64 // of the matrix from the first hidden layer to the second, in the end
	loss       float64 // in the end
	accuracy   float64 // on the test part
}

func (z zeroStart) run(ctx context.Context, c Config) (Outcome, error) {
	train, test, err := lab.Open(z.setup.Data)
	if err != nil {
		return Outcome{}, err
	}
	guessing := math.Log(float64(len(train.Classes)))
	all, err := jobs(ctx, c, len(zeroCases)*c.Seeds, func(k int) (symmetry, error) {
		s := z.setup
		s.Activation, s.Scheme, s.Seed = zeroCases[k/c.Seeds].activation, zeroCases[k/c.Seeds].scheme, uint64(k%c.Seeds+1)
		e, err := lab.NewOn(s, train, test)
		if err != nil {
			return symmetry{}, err
		}
		return watchSymmetry(ctx, e)
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for i, start := range zeroCases {
		own := all[i*c.Seeds : (i+1)*c.Seeds]
		row := func(label string, limits *Limits, of func(s symmetry) float64) {
			o.Rows = append(o.Rows, Row{Label: start.name + ": " + label, Values: values(own, of), Limits: limits})
		}
		zero, some := within(0, 0).everySeed(), above(0).everySeed()
		apart := func(s symmetry) float64 { return s.apart }
		over := func(s symmetry) float64 { return s.loss - guessing }
		accuracy := func(s symmetry) float64 { return 100 * s.accuracy }
		switch {
		case start.silent:
			row("largest weight, hidden bias", zero, func(s symmetry) float64 { return s.hidden })
			row("largest output bias", some, func(s symmetry) float64 { return s.outputBias })
			row(fmt.Sprintf("loss less ln %d", len(train.Classes)), within(-0.01, 0.01).everySeed(), over)
		case start.equal:
			row("difference of two units", zero, apart)
			row("change of hidden units", some, func(s symmetry) float64 { return s.moved })
			row("rank of a hidden weight", within(1, 1).everySeed(), func(s symmetry) float64 { return s.rank })
			row("test accuracy in %", nil, accuracy)
		default:
			row("difference of two units", nil, apart)
			row("rank of a hidden weight", nil, func(s symmetry) float64 { return s.rank })
			row("test accuracy in %", nil, accuracy)
		}
	}
	return o, nil
}

// watchSymmetry trains a network and compares its hidden units after every step.
func watchSymmetry(ctx context.Context, e *lab.Experiment) (symmetry, error) {
	var s symmetry
	start := make([][]float32, len(e.Store.Params()))
	for i, p := range e.Store.Params() {
		start[i] = slices.Clone(p.Data)
	}
	hidden := e.Store.Params()[:2*e.Setup.Depth] // a weight and a bias of each layer
	for range e.Setup.Steps {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		e.Step()
		for _, p := range hidden {
			s.apart = math.Max(s.apart, unitsApart(p))
		}
	}
	for _, l := range e.Hidden(e.Measure()) {
		s.apart = math.Max(s.apart, l.Spread())
	}
	for i, p := range hidden {
		s.moved = math.Max(s.moved, largest(p.Data, start[i]))
		s.hidden = math.Max(s.hidden, largest(p.Data, nil))
	}
	output := e.Store.Params()[2*e.Setup.Depth:]
	s.hidden = math.Max(s.hidden, largest(output[0].Data, nil))
	s.outputBias = largest(output[1].Data, nil)
	for _, v := range lab.SingularValues(lab.Matrix(hidden[2])) {
		if v > 0 {
			s.rank++
		}
	}
	s.loss, s.accuracy = e.Loss(), e.Accuracy()
	return s, nil
}

// unitsApart returns the largest difference between the numbers of two units: a unit is a row of a weight, or an element
// of a bias.  p [units] or [units, in]
func unitsApart(p *nn.Param) float64 {
	in := len(p.Data) / p.Shape[0]
	d := 0.0
	for k := range in {
		lo, hi := p.Data[k], p.Data[k]
		for i := k; i < len(p.Data); i += in {
			lo, hi = min(lo, p.Data[i]), max(hi, p.Data[i])
		}
		d = math.Max(d, float64(hi)-float64(lo))
	}
	return d
}

// largest returns the largest absolute difference of two lists of numbers; without the second, the largest absolute number.
func largest(a, b []float32) float64 {
	d := 0.0
	for i, v := range a {
		x := float64(v)
		if b != nil {
			x -= float64(b[i])
		}
		d = math.Max(d, math.Abs(x))
	}
	return d
}
