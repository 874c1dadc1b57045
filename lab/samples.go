package lab

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// dataSeed is of generated points and of the division: experiments of any seed see the same data.
const dataSeed = 1

// Open returns a set for classification by its name in package data, scaled: one mean is subtracted from all numbers, and
// all are divided by one standard deviation, both of the training part. The mean square of what enters a network is then
// 1, as theory likes it. The errors are those of [data.Open].
func Open(name string) (train, test *data.Set, err error) {
	train, test, err = data.Open(name, dataSeed)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if train.Target != nil {
		return nil, nil, fmt.Errorf("data is %q, but must have classes", name)
	}
	s := StatsOf(train.X.Data(), 1)
	return scaled(train, s), scaled(test, s), nil
}

// scaled returns the set with other numbers.
func scaled(set *data.Set, by Stats) *data.Set {
	x := make([]float32, set.X.Len())
	for i, v := range set.X.Data() {
		x[i] = float32((float64(v) - by.Mean) / by.Std)
	}
	own := *set
	own.X = autograd.From(x, set.X.Shape()...)
	return &own
}

// head returns the first samples of a set.
func head(set *data.Set, n int) data.Batch {
	n = min(n, set.Len())
	return data.Batch{X: flat(set.X.Slice(0, 0, n)), Y: autograd.LabelsOf(set.Y.Data[:n])}
}

// flat makes one axis of all of a sample.  x: [n, ...], result: [n, in]
func flat(x *nn.Tensor) *nn.Tensor { return x.Flatten(1) }

// Map is what a network makes of points in the plane.
type Map struct {
	Lo, Hi [2]float64 // corners, in the network's own (scaled) coordinates
	Side   int        // points along each side
	P      []float32  // of class 1, row by row, the lowest y first; NaN where outputs are not finite. [Side, Side]
}

// Map returns the probability of class 1 on a grid over the training points of data in the plane with a margin, or false
// for data that are no points of the plane in two classes.
func (e *Experiment) Map(side int) (Map, bool) {
	if e.Train.Features() != 2 || len(e.Train.Classes) != 2 || side < 2 {
		return Map{}, false
	}
	m := Map{Side: side, Lo: [2]float64{math.Inf(1), math.Inf(1)}, Hi: [2]float64{math.Inf(-1), math.Inf(-1)}}
	for i, v := range e.Train.X.Data() {
		m.Lo[i%2], m.Hi[i%2] = min(m.Lo[i%2], float64(v)), max(m.Hi[i%2], float64(v))
	}
	const margin = 0.05
	for axis := range 2 {
		d := margin * (m.Hi[axis] - m.Lo[axis])
		m.Lo[axis], m.Hi[axis] = m.Lo[axis]-d, m.Hi[axis]+d
	}
	at := func(axis, i int) float32 {
		return float32(m.Lo[axis] + float64((m.Hi[axis]-m.Lo[axis])*float64(i)/float64(side-1)))
	}
	x := make([]float32, 0, 2*side*side)
	for row := range side {
		for column := range side {
			x = append(x, at(0, column), at(1, row))
		}
	}
	p := nn.NewPass(e.Store, nn.Inference)
	y := e.Model.Forward(p, p.Input(autograd.From(x, side*side, 2))).Softmax(-1).Data()
	for i := 1; i < len(y); i += 2 {
		m.P = append(m.P, y[i])
	}
	return m, true
}
