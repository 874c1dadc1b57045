package lab

import (
	"fmt"
	"reflect"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// Propagation is what a model did with one batch, going up and coming down.
type Propagation struct {
	Step   int     // optimizer steps done before
	Loss   float64 // of the batch
	Layers []Layer // every module that was tapped, in the order in which they returned: inner ones before what holds them
	Params []Param // what can be trained, in the order of declaration
}

// Layer is what one module returned, and the gradient that came back to it.
type Layer struct {
	Path, Type string  // Type is that of Go, as Linear, and of an activation its name, as relu
	Activation Stats   // of what the module returned
	Gradient   Stats   // of each sample's own loss with respect to that; N is 0 where none came back
	Low, High  float64 // 2nd and 98th percentiles of Activation, as in Glorot and Bengio 2010, figure 3
	Saturated  float64
	Dead       float64
	UnitMeans  []float64 // of each unit over the batch and all positions
}

// Param is a parameter's values and its gradient.
type Param struct {
	Name     string
	Kind     initializer.Kind
	Value    Stats
	Gradient Stats // of the batch's loss; N is 0 where none came back
}

// Measure runs a batch through a model in training mode, and back from its mean cross-entropy. It changes nothing.
//
//	x [n, ...], y [n], outputs [n, classes]
func Measure(s *nn.Store, m nn.Layer, x *nn.Tensor, y nn.Labels) Propagation {
	return MeasureLoss(s, x.Dim(0), func(p *nn.Pass) *nn.Tensor { return m.Forward(p, p.Input(x)).CrossEntropy(y) })
}

// MeasureLoss runs any model, in training mode, and back from a loss that is the mean over so many samples. Gradients with
// respect to activations are multiplied by that number: they are those of each sample's own loss, so that they do not
// depend on the size of the batch. It changes nothing.
func MeasureLoss(s *nn.Store, samples int, loss func(p *nn.Pass) *nn.Tensor) Propagation {
	w := watcher{samples: float64(samples), open: map[nn.Module][]int{}}
	w.seen.Step = s.Step()
	p := nn.NewPass(s, nn.Training)
	p.Probe = &w
	l := loss(p)
	w.seen.Loss = float64(l.Item())
	grads := p.Backward(l)
	for _, param := range s.Params() {
		if param.Trainable() {
			w.seen.Params = append(w.seen.Params, Param{
				Name: param.Name, Kind: param.Kind, Value: StatsOf(param.Data, 1), Gradient: StatsOf(grads.Of(param), 1),
			})
		}
	}
	return w.seen
}

// watcher is the probe that fills a Propagation.
type watcher struct {
	seen    Propagation
	samples float64
	open    map[nn.Module][]int // layers of a module whose gradient is yet to come, the newest last
}

func (w *watcher) Up(m nn.Module, y *nn.Tensor) {
	l := Layer{Path: m.Path(), Type: typeOf(m), Activation: StatsOf(y.Data(), 1)}
	l.Low, l.High = percentiles(y.Data())
	l.UnitMeans = unitMeans(y)
	l.Dead = deadUnits(y)
	l.Saturated = saturated(l.Type, y.Data())
	w.open[m] = append(w.open[m], len(w.seen.Layers))
	w.seen.Layers = append(w.seen.Layers, l)
}

func (w *watcher) Down(m nn.Module, dy []float32) {
	open := w.open[m]
	if len(open) == 0 {
		return
	}
	last := len(open) - 1
	w.seen.Layers[open[last]].Gradient = StatsOf(dy, w.samples)
	w.open[m] = open[:last]
}

// typeOf names what a module is: an activation by its function, anything else by its type.
func typeOf(m nn.Module) string {
	if a, ok := m.(*nn.Activation); ok {
		return a.String()
	}
	return reflect.Indirect(reflect.ValueOf(m)).Type().Name()
}

// Of returns the layers of a type, in order: "Linear", "relu".
func (p Propagation) Of(kind string) (layers []Layer) {
	for _, l := range p.Layers {
		if l.Type == kind {
			layers = append(layers, l)
		}
	}
	return layers
}

// Weights returns the parameters that are weights, in order.
func (p Propagation) Weights() (params []Param) {
	for _, w := range p.Params {
		if w.Kind == initializer.Weight {
			params = append(params, w)
		}
	}
	return params
}

// String says in a line how the signal and the gradient go: for a log.
func (p Propagation) String() string {
	if len(p.Layers) == 0 {
		return fmt.Sprintf("step %d  loss %.4g", p.Step, p.Loss)
	}
	first, last := p.Layers[0], p.Layers[len(p.Layers)-1]
	return fmt.Sprintf("step %d  loss %.4g  activations %.3g to %.3g  gradients %.3g to %.3g",
		p.Step, p.Loss, first.Activation.Std, last.Activation.Std, first.Gradient.Std, last.Gradient.Std)
}
