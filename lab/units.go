package lab

import (
	"math"

	"github.com/heft-ml/heft/nn"
)

// ends are the limits of activations that have two: there their derivative vanishes.
var ends = map[string][2]float64{
	"sigmoid": {0, 1},
	"tanh":    {-1, 1},
}

// saturation is how near an end, as a share of the range, a value counts as saturated.
const saturation = 0.01

// saturated returns the share of values within a hundredth of the range from an end of a bounded activation: of a
// sigmoid below 0.01 or above 0.99, of tanh beyond ±0.98. It is 0 for all that has no two ends; of ReLU see
// Stats.Zero and Dead. Values that are not finite count.
func saturated(kind string, values []float32) float64 {
	e, bounded := ends[kind]
	if !bounded || len(values) == 0 {
		return 0
	}
	margin := saturation * (e[1] - e[0])
	lo, hi := e[0]+margin, e[1]-margin
	n := 0
	for _, v := range values {
		if x := float64(v); !(x >= lo && x <= hi) {
			n++
		}
	}
	return float64(n) / float64(len(values))
}

// unitAxis tells how a result divides into units: outer blocks of units blocks of inner numbers each. Units are the
// last axis; of images [n, c, height, width] the channels.
func unitAxis(y *nn.Tensor) (units, inner int) {
	shape := y.Shape()
	switch len(shape) {
	case 0:
		return 1, 1
	case 4:
		return shape[1], shape[2] * shape[3]
	}
	return shape[len(shape)-1], 1
}

// eachUnit calls f with every value and the unit that it is of.
func eachUnit(y *nn.Tensor, f func(unit int, v float64)) {
	units, inner := unitAxis(y)
	for i, v := range y.Data() {
		f(i/inner%units, float64(v))
	}
}

// unitMeans returns the mean of every unit.
func unitMeans(y *nn.Tensor) []float64 {
	if y.Len() == 0 {
		return nil
	}
	units, _ := unitAxis(y)
	means := make([]float64, units)
	eachUnit(y, func(unit int, v float64) { means[unit] += v })
	for i := range means {
		means[i] /= float64(y.Len() / units)
	}
	return means
}

// deadUnits returns the share of units that are exactly 0 for the whole batch.
func deadUnits(y *nn.Tensor) float64 {
	if y.Len() == 0 {
		return 0
	}
	units, _ := unitAxis(y)
	alive := make([]bool, units)
	eachUnit(y, func(unit int, v float64) { alive[unit] = alive[unit] || v != 0 })
	dead := 0
	for _, a := range alive {
		if !a {
			dead++
		}
	}
	return float64(dead) / float64(units)
}

// Spread returns the largest difference between the means of two units: 0 means that all units of the layer are alike.
func (l Layer) Spread() float64 {
	if len(l.UnitMeans) == 0 {
		return 0
	}
	lo, hi := l.UnitMeans[0], l.UnitMeans[0]
	for _, m := range l.UnitMeans {
		if m != m {
			return math.NaN()
		}
		lo, hi = min(lo, m), max(hi, m)
	}
	return hi - lo
}
