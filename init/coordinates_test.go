package initializer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// growth returns the exponent e in change ~ width^e, where change is how far a few steps of Adam move the numbers of a
// layer of an MLP on average: the last hidden one, and the output.
func growth(scheme func() initializer.Scheme) (hidden, output float64) {
	const features, classes, batch, steps, seeds = 16, 4, 32, 4, 3
	var widths, hiddens, outputs []float64
	for width := 32; width <= 512; width *= 2 {
		var moved [2]float64
		for seed := range uint64(seeds) {
			s := nn.NewStore(seed, scheme())
			net := nn.NewMLP(s.Root(), features, width, width, width, classes)
			r := s.Rand("data")
			x := make([]float32, batch*features)
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			y := make([]int32, batch)
			for i := range y {
				y[i] = int32(r.IntN(classes))
			}
			input, labels := autograd.From(x, batch, features), autograd.LabelsOf(y, batch)
			p := nn.NewPass(s, nn.Training)
			numbers := func() (layers [2][]float32) {
				p.Reset()
				h := p.Input(input)
				for i, l := range net.Layers {
					h = l.Forward(p, h)
					switch i {
					case len(net.Layers) - 3:
						layers[0] = append([]float32(nil), h.Data()...)
					case len(net.Layers) - 1:
						layers[1] = append([]float32(nil), h.Data()...)
					}
				}
				return layers
			}
			before := numbers()
			opt := optim.NewAdam(s, 2e-3)
			for range steps {
				p.Reset()
				opt.Step(p.Backward(net.Forward(p, p.Input(input)).CrossEntropy(labels)))
			}
			for layer, after := range numbers() {
				for i, v := range after {
					moved[layer] += math.Abs(float64(v-before[layer][i])) / float64(len(after)*seeds)
				}
			}
		}
		widths = append(widths, math.Log2(float64(width)))
		hiddens = append(hiddens, math.Log2(moved[0]))
		outputs = append(outputs, math.Log2(moved[1]))
	}
	_, hidden = stat.LinearRegression(widths, hiddens, nil, false)
	_, output = stat.LinearRegression(widths, outputs, nil, false)
	return hidden, output
}

// TestStepsMoveNetworksOfAnyWidthAlikeUnderMuP is the authors' coordinate check: what a step changes of a number must not
// depend on the width. Under the standard parametrization with Adam it grows.
func TestStepsMoveNetworksOfAnyWidthAlikeUnderMuP(t *testing.T) {
	t.Parallel()
	relu := initializer.For("relu")
	hidden, output := growth(func() initializer.Scheme { return initializer.MuP(32, relu) })
	t.Logf("muP: hidden ~ width^%.2f, output ~ width^%.2f", hidden, output)
	assert.InDelta(t, 0, hidden, 0.15, "hidden numbers under muP")
	assert.InDelta(t, 0, output, 0.15, "outputs under muP")
	hidden, output = growth(func() initializer.Scheme { return initializer.KaimingNormal() })
	t.Logf("standard: hidden ~ width^%.2f, output ~ width^%.2f", hidden, output)
	assert.Greater(t, hidden, 0.4, "hidden numbers under the standard parametrization")
	assert.Greater(t, output, 0.4, "outputs under the standard parametrization")
}
