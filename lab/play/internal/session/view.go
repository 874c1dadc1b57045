package session

import (
	"math"

	"github.com/heft-ml/heft/lab"
)

// View is a network as it is.
type View struct {
	Step     int         `json:"step"`
	Loss     Number      `json:"loss"`     // see lab.Experiment.Loss
	Accuracy Number      `json:"accuracy"` // of the test part
	Guessing Number      `json:"guessing"` // the loss of a network that knows nothing
	Layers   []LayerView `json:"layers"`   // the hidden ones
	Plane    *PlaneView  `json:"plane,omitempty"`
	Exploded *Explosion  `json:"exploded,omitempty"`
}

// LayerView is what one hidden layer returns, and the gradient that comes back to it, of the samples that
// [lab.Experiment.Measure] looks at.
type LayerView struct {
	Signal      Number    `json:"signal"`   // standard deviation of activations
	Gradient    Number    `json:"gradient"` // and of each sample's gradient with respect to them
	Dead        Number    `json:"dead"`     // share of units that are 0 for all samples
	Saturated   Number    `json:"saturated"`
	Zero        Number    `json:"zero"` // share of exact zeros among activations
	RMS         Number    `json:"rms"`  // root mean square of activations
	Activations Histogram `json:"activations"`
	Gradients   Histogram `json:"gradients"`
}

// PlaneView is the part of the plane that pictures show, and the points of the training part in it.
type PlaneView struct {
	Lo     [2]float64   `json:"lo"`
	Hi     [2]float64   `json:"hi"`
	Points [][2]float32 `json:"points"`
	Labels []int32      `json:"labels"`
}

// View measures the network. With points, it says where those of the training part lie.
func (s *Session) View(points bool) View {
	e := s.experiment
	v := View{
		Step: e.Store.Step(), Loss: Number(e.Loss()), Accuracy: Number(e.Accuracy()), Guessing: Number(e.Guessing()),
		Exploded: s.exploded,
	}
	for _, l := range e.Hidden(e.Measure()) {
		v.Layers = append(v.Layers, layerView(l))
	}
	if points && s.plane != nil {
		v.Plane = s.plane.view(e.Train)
	}
	return v
}

func layerView(l lab.Layer) LayerView {
	return LayerView{
		Signal: Number(l.Activation.Std), Gradient: Number(l.Gradient.Std),
		Dead: Number(l.Dead), Saturated: Number(l.Saturated), Zero: Number(l.Activation.Zero), RMS: Number(math.Sqrt(l.Activation.SecondMoment)),
		Activations: histogramOf(l.Activation.Histogram), Gradients: histogramOf(l.Gradient.Histogram),
	}
}
