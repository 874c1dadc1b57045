package lab

import (
	"fmt"
	"math"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// Settings of LSUV: what the paper has in algorithm 1.
const (
	lsuvTolerance = 0.1
	lsuvMost      = 10 // rescalings of a layer
)

// Fitted is what LSUV did to a layer.
type Fitted struct {
	Path     string
	Before   float64 // variance of the layer's outputs, from an orthonormal weight
	Variance float64 // in the end
	Rescaled int     // times
}

// LSUV gives a model a start that is fitted to data (layer-sequential unit variance, Mishkin and Matas 2015,
// arXiv:1511.06422, algorithm 1): every weight begins as an orthonormal matrix and is then divided by the standard
// deviation of what its layer returns, layer by layer in the order in which they compute, until the variance is within
// 0.1 of 1. It looks at layers through a probe: those that own exactly one weight, such as Linear and Conv2d. Others,
// and biases, stay as they are.
//
// It is an error if a layer's outputs do not vary or are not finite, or if ten rescalings are not enough; layers before
// it are then fitted.
//
//	x [n, ...]
func LSUV(s *nn.Store, m nn.Layer, x *nn.Tensor) ([]Fitted, error) {
	var fitted []Fitted
	for _, l := range weighted(s, m, x) {
		w := l.weight
		initializer.Orthogonal().Fill(&w.Param, s.Rand("lsuv:"+w.Name), w.Data)
		f := Fitted{Path: l.path, Before: math.NaN()}
		for {
			f.Variance = variance(s, m, x, l.path)
			if math.IsNaN(f.Before) {
				f.Before = f.Variance
			}
			if math.Abs(f.Variance-1) < lsuvTolerance {
				break
			}
			if !(f.Variance > 0) || math.IsInf(f.Variance, 0) {
				return fitted, fmt.Errorf("lsuv: the outputs of layer %q have variance %v: nothing can be divided by it", l.path, f.Variance)
			}
			if f.Rescaled == lsuvMost {
				return fitted, fmt.Errorf("lsuv: layer %q has variance %.3g after %d rescalings", l.path, f.Variance, lsuvMost)
			}
			by := float32(1 / math.Sqrt(f.Variance))
			for i := range w.Data {
				w.Data[i] *= by
			}
			f.Rescaled++
		}
		fitted = append(fitted, f)
	}
	return fitted, nil
}

// owner is a layer with the one weight that it owns.
type owner struct {
	path   string
	weight *nn.Param
}

// weighted lists the layers that own exactly one weight, in the order in which they compute.
func weighted(s *nn.Store, m nn.Layer, x *nn.Tensor) []owner {
	weights := map[string][]*nn.Param{}
	for _, p := range s.Params() {
		if p.Kind == initializer.Weight && p.Trainable() && len(p.Shape) >= 2 {
			path := p.Name[:max(0, strings.LastIndex(p.Name, "."))]
			weights[path] = append(weights[path], p)
		}
	}
	var owners []owner
	look(s, m, x, func(m nn.Module, _ *nn.Tensor) {
		path := m.Path()
		if own := weights[path]; len(own) == 1 {
			owners = append(owners, owner{path, own[0]})
			delete(weights, path) // a layer that computes twice is fitted where it computes first
		}
	})
	return owners
}

// variance is that of what the module at path returns, where it computes first.
func variance(s *nn.Store, m nn.Layer, x *nn.Tensor, path string) float64 {
	v, found := math.NaN(), false
	look(s, m, x, func(m nn.Module, y *nn.Tensor) {
		if m.Path() == path && !found {
			std := StatsOf(y.Data(), 1).Std
			v, found = std*std, true
		}
	})
	return v
}
