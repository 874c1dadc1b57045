package paper

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// The network of Glorot and Bengio's figures 6 to 8, before any training. Shapeset's images have 32 by 32 pixels and its
// classes are 9; what goes in here are normal numbers instead.
var glorotNet = deepTanh{depth: 5, width: 1000, in: 1024, classes: 9, samples: 1000}

const (
	glorotPaper = "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, "
	glorotSetup = "5 hidden layers of 1,000 tanh units, before training, on 1,000 samples of 1,024 standard normal numbers with 9 classes at random; "
	standardIs  = "The standard initialization is U(-1/√n_in, 1/√n_in), the normalized one U(-b, b) with b = √(6/(n_in + n_out)); biases are 0."
)

var (
	_ = register(Paper{
		Name: "glorot-activations", Year: 2010,
		Title:  "Activations from layer to layer",
		Claim:  "With the standard initialization activations shrink from layer to layer, with the normalized one they keep their spread. " + standardIs,
		Source: glorotPaper + "figure 6",
		Setup:  glorotSetup + "the standard deviation of what each hidden layer returns.",
		Rule:   "That of layer 5 over that of layer 1 is below 0.15 with the standard and above 0.45 with the normalized initialization.",
		Run:    glorotActivations(glorotNet, below(0.15), above(0.45)).run,
	})
	_ = register(Paper{
		Name: "glorot-gradients", Year: 2010,
		Title:  "Gradients from layer to layer",
		Claim:  "With the standard initialization gradients shrink on their way back, with the normalized one they keep their spread. " + standardIs,
		Source: glorotPaper + "figure 7",
		Setup:  glorotSetup + "the standard deviation of each sample's gradient with respect to what enters the tanh units of each hidden layer.",
		Rule:   "That of layer 1 over that of layer 5 is below 0.15 with the standard and above 0.35 with the normalized initialization.",
		Run:    glorotGradients(glorotNet, below(0.15), above(0.35)).run,
	})
	_ = register(Paper{
		Name: "glorot-weight-gradients", Year: 2010,
		Title:  "Gradients of weights from layer to layer",
		Claim:  "Though with the standard initialization gradients shrink on their way back, those of the weights do not: activations shrink on the way up by as much. " + standardIs,
		Source: glorotPaper + "figure 8",
		Setup:  glorotSetup + "the standard deviation of the gradient of each hidden layer's weight.",
		Rule:   "The greatest over the least of the five is below 1.3 with both initializations.",
		Run:    glorotWeightGradients(glorotNet, below(1.3), below(1.3)).run,
	})
	_ = register(Paper{
		Name: "glorot-jacobian", Year: 2010,
		Title:  "Singular values of the Jacobian of a layer",
		Claim:  "The mean singular value of the Jacobian of one layer's activations with respect to those of the layer below is around 0.8 with the normalized initialization, and around 0.5 with the standard one. " + standardIs,
		Source: glorotPaper + "section 4.2.2",
		Setup:  glorotSetup + "the mean of all singular values of the Jacobian at one sample, from each hidden layer to the next.",
		Rule:   "The mean over the four is from 0.40 to 0.55 with the standard and from 0.60 to 0.85 with the normalized initialization.",
		Run:    glorotJacobian(glorotNet, within(0.40, 0.55), within(0.60, 0.85)).run,
	})
)

// deepTanh is a network of tanh units, and how many samples it is measured with.
type deepTanh struct{ depth, width, in, classes, samples int }

// tanhNet is one that was declared, and what it made of the samples.
type tanhNet struct {
	store *nn.Store
	model *nn.MLP
	seen  lab.Propagation
}

// declare draws a network of a start, and samples for it.
func (d deepTanh) declare(start int, seed uint64) tanhNet {
	widths := []int{d.in}
	for range d.depth {
		widths = append(widths, d.width)
	}
	n := tanhNet{store: nn.NewStore(seed, glorotStarts[start].scheme)}
	n.model = nn.NewMLPOf(n.store.Root(), nn.MLPConfig{Widths: append(widths, d.classes), Activation: "tanh"})
	x, y := gaussian(n.store.Rand("samples"), d.samples, d.in, d.classes)
	n.seen = lab.Measure(n.store, n.model, x, y)
	return n
}

// gaussian draws samples of standard normal numbers, with classes at random.  x [n, in], y [n]
func gaussian(r *rand.Rand, n, in, classes int) (x *nn.Tensor, y nn.Labels) {
	values, labels := make([]float32, n*in), make([]int32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	for i := range labels {
		labels[i] = int32(r.IntN(classes))
	}
	return autograd.From(values, n, in), autograd.LabelsOf(labels)
}

// glorotFigure is a quantity of each layer, and what a rule is about: a number made of all of them.
type glorotFigure struct {
	net       deepTanh
	quantity  string
	layers    func(n tanhNet) []float64
	compared  string
	compare   func(layers []float64) float64
	rules     [2]*Limits // as glorotStarts
	ofBetween bool       // the quantity is of the step from one layer to the next
}

func glorotActivations(net deepTanh, standard, normalized *Limits) glorotFigure {
	return glorotFigure{
		net: net, quantity: "std of activations", rules: [2]*Limits{standard, normalized},
		layers: func(n tanhNet) []float64 {
			return values(n.seen.Of("tanh"), func(l lab.Layer) float64 { return l.Activation.Std })
		},
		compared: "last layer / first layer",
		compare:  func(layers []float64) float64 { return layers[len(layers)-1] / layers[0] },
	}
}

func glorotGradients(net deepTanh, standard, normalized *Limits) glorotFigure {
	return glorotFigure{
		net: net, quantity: "std of gradients", rules: [2]*Limits{standard, normalized},
		layers: func(n tanhNet) []float64 {
			return values(n.seen.Of("Linear")[:net.depth], func(l lab.Layer) float64 { return l.Gradient.Std })
		},
		compared: "first layer / last layer",
		compare:  func(layers []float64) float64 { return layers[0] / layers[len(layers)-1] },
	}
}

func glorotWeightGradients(net deepTanh, standard, normalized *Limits) glorotFigure {
	return glorotFigure{
		net: net, quantity: "std of weight gradients", rules: [2]*Limits{standard, normalized},
		layers: func(n tanhNet) []float64 {
			return values(n.seen.Weights()[:net.depth], func(w lab.Param) float64 { return w.Gradient.Std })
		},
		compared: "greatest / least",
		compare:  func(layers []float64) float64 { return slices.Max(layers) / slices.Min(layers) },
	}
}

func glorotJacobian(net deepTanh, standard, normalized *Limits) glorotFigure {
	return glorotFigure{
		net: net, quantity: "mean singular value", rules: [2]*Limits{standard, normalized}, ofBetween: true,
		layers: func(n tanhNet) []float64 {
			h, _ := gaussian(n.store.Rand("sample"), 1, net.in, net.classes)
			return n.stretches(h)
		},
		compared: "mean",
		compare:  func(layers []float64) float64 { return stat.Mean(layers, nil) },
	}
}

// stretches returns the mean singular value of the Jacobian of each hidden layer but the first with respect to the one
// below, at a sample.  x [1, in]
func (n tanhNet) stretches(x *nn.Tensor) (means []float64) {
	for k := 0; k < len(n.model.Layers)-1; k += 2 {
		layer := func(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
			return n.model.Layers[k+1].Forward(p, n.model.Layers[k].Forward(p, x))
		}
		if k > 0 {
			means = append(means, stat.Mean(lab.SingularValues(lab.Jacobian(n.store, x, layer)), nil))
		}
		p := nn.NewPass(n.store, nn.Inference)
		h := layer(p, p.Input(x))
		x = autograd.From(slices.Clone(h.Data()), h.Shape()...)
	}
	return means
}

func (f glorotFigure) run(ctx context.Context, c Config) (Outcome, error) {
	measured, err := jobs(ctx, c, len(glorotStarts)*c.Seeds, func(k int) ([]float64, error) {
		return f.layers(f.net.declare(k/c.Seeds, uint64(k%c.Seeds+1))), nil
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for i, start := range glorotStarts {
		own := measured[i*c.Seeds : (i+1)*c.Seeds]
		for layer := range own[0] {
			label := fmt.Sprintf("%s, %s, layer %d", start.name, f.quantity, layer+1)
			if f.ofBetween {
				label = fmt.Sprintf("%s, %s, layer %d to %d", start.name, f.quantity, layer+1, layer+2)
			}
			o.Rows = append(o.Rows, Row{Label: label, Values: values(own, func(of []float64) float64 { return of[layer] })})
		}
		o.Rows = append(o.Rows, Row{Label: start.name + ", " + f.compared, Values: values(own, f.compare), Limits: f.rules[i]})
	}
	return o, nil
}
