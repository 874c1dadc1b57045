package lab

import (
	"math"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Map is what a network makes of points in the plane.
type Map struct {
	Lo, Hi [2]float64 // corners, in the network's own (scaled) coordinates
	Side   int        // points along each side
	P      []float32  // of class 1, row by row, the lowest y first; NaN where outputs are not finite. [Side, Side]
}

// Map returns the probability of class 1 on a grid over the training points of data in the plane with a margin, or false
// for data that are no points of the plane in two classes.
func (e *Experiment) Map(side int) (Map, bool) {
	lo, hi, plane := Corners(e.Train)
	if !plane || side < 2 {
		return Map{}, false
	}
	return MapOf(e.Store, e.Model, lo, hi, side), true
}

// Corners returns the part of the plane in which the points of some sets lie, with a margin, or false if one of them is no
// points of the plane in two classes.
func Corners(sets ...*data.Set) (lo, hi [2]float64, plane bool) {
	lo, hi = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, set := range sets {
		if set == nil || set.Features() != 2 || len(set.Classes) != 2 {
			return lo, hi, false
		}
		for i, v := range set.X.Data() {
			lo[i%2], hi[i%2] = min(lo[i%2], float64(v)), max(hi[i%2], float64(v))
		}
	}
	const margin = 0.05
	for axis := range 2 {
		d := margin * (hi[axis] - lo[axis])
		if d == 0 { // all on one line, which gets a place in the middle
			d = math.Max(1, math.Abs(lo[axis]))
		}
		lo[axis], hi[axis] = lo[axis]-d, hi[axis]+d
	}
	return lo, hi, len(sets) > 0
}

// MapOf returns what a model that tells two classes apart makes of a part of the plane, on a grid with so many points along
// each side, 2 or more.
func MapOf(s *nn.Store, model nn.Layer, lo, hi [2]float64, side int) Map {
	m := Map{Side: side, Lo: lo, Hi: hi}
	at := func(axis, i int) float32 {
		return float32(lo[axis] + float64((hi[axis]-lo[axis])*float64(i)/float64(side-1)))
	}
	x := make([]float32, 0, 2*side*side)
	for row := range side {
		for column := range side {
			x = append(x, at(0, column), at(1, row))
		}
	}
	p := nn.NewPass(s, nn.Inference)
	y := model.Forward(p, p.Input(autograd.From(x, side*side, 2))).Softmax(-1).Data()
	for i := 1; i < len(y); i += 2 {
		m.P = append(m.P, y[i])
	}
	return m
}
