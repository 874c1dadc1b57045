package lab

import (
	"context"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// observe makes one run of a study; jacobian asks for that of its layers.
func observe(ctx context.Context, s Setup, train, test *data.Set, jacobian bool, c *counter) (Run, error) {
	if err := ctx.Err(); err != nil {
		return Run{}, err
	}
	e, err := NewOn(s, train, test)
	if err != nil {
		return Run{}, err
	}
	start := e.Measure()
	r := Run{Setup: s, Hidden: e.Hidden(start), Params: start.Params, WeightLayer: s.Depth/2 + 1}
	w := e.Weight(r.WeightLayer)
	r.WeightShape, r.WeightStd = [2]int(w.Shape), StatsOf(w.Data, 1).Std
	if Decomposable(w.Shape[0], w.Shape[1]) {
		r.WeightValues = SingularValues(Matrix(w))
	}
	if err := ctx.Err(); err != nil {
		return Run{}, err
	}
	if jacobian && Decomposable(s.Width, s.Width) {
		r.JacobianValues = SingularValues(e.LayerJacobian(0, 1, s.Depth))
	}
	every := max(1, s.Steps/curvePoints)
	counted := 0
	for step := 0; step < s.Steps && r.Exploded() < 0; step++ { // nothing comes back from NaN
		if err := ctx.Err(); err != nil {
			return Run{}, err
		}
		if step%every == 0 {
			r.Curve = append(r.Curve, e.point())
			c.add(step - counted)
			counted = step
		}
		if step == 0 {
			r.FirstUpdates = Updates(e.Store, func() { e.Step() })
		} else {
			e.Step()
		}
	}
	r.Curve = append(r.Curve, e.point())
	c.add(s.Steps - counted)
	r.Accuracy = e.Accuracy()
	if r.Exploded() < 0 {
		r.End = e.Hidden(e.Measure())
	}
	if m, plane := e.Map(mapSide); plane {
		r.Map = &m
	}
	return r, nil
}

// point looks at the network as it is.
func (e *Experiment) point() Point {
	at := Point{Step: e.Store.Step()}
	first := e.HiddenModule(1)
	e.glance.Reset()
	e.glance.Probe = Upward(func(m nn.Module, y *nn.Tensor) {
		if m == first {
			at.Units = unitMeans(y)
		}
	})
	at.Loss = float64(e.Model.Forward(e.glance, e.glance.Input(e.scored.X)).CrossEntropy(e.scored.Y).Item())
	return at
}
