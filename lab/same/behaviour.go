package same

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/nn"
)

// Sizes of what is looked at.
const (
	probeSamples = 256
	mapSide      = 64
	mostSwaps    = 24
)

func behave(ctx context.Context, a, b *Network, sets seen) (*Behaviour, error) {
	shared := alike(sets.test[0][0], sets.test[0][1])
	toA, toB := probeOf(sets.test[0], shared), probeOf(sets.test[1], shared)
	r := &Behaviour{
		Probe: toA.Dim(0), Chance: 1 / float64(len(a.Test.Classes)), Tests: [2]string{testName(a), testName(b)}, Shared: shared,
	}
	both := [2]*Network{a, b}
	for i, n := range both {
		for k, set := range sets.test[i] {
			r.Accuracy[i][k] = n.accuracy(set)
		}
	}
	r.Agreement, r.Distance = agreement(a.probabilities(toA), b.probabilities(toB))
	first, second := lab.Responses(a.Store, a.Model, toA), lab.Responses(b.Store, b.Model, toB)
	for i, one := range first {
		r.Modules = append(r.Modules, Module{one.Path, one.Type, lab.LinearCKA(one.Values, second[i].Values, r.Probe)})
	}
	var err error
	if r.Swaps, err = swaps(ctx, a, b); err != nil {
		return nil, err
	}
	for i, n := range both {
		if lo, hi, plane := lab.Corners(sets.shown[i][:]...); plane {
			m := lab.MapOf(n.Store, n.Model, lo, hi, mapSide)
			r.Maps[i] = &m
		}
	}
	return r, nil
}

// testName is what the data of a network are called.
func testName(n *Network) string { return strings.TrimSuffix(n.Test.Name, "/test") }

// shown is the set whose points are drawn.
func (n *Network) shown() *data.Set {
	if n.Train != nil {
		return n.Train
	}
	return n.Test
}

// probeOf joins the first test samples of both data sets; of one that is shared it takes each once.
func probeOf(sets [2]*data.Set, shared bool) *nn.Tensor {
	a, b := sets[0], sets[1]
	if shared {
		return a.X.Slice(0, 0, min(probeSamples, a.Len()))
	}
	n := min(probeSamples/2, a.Len(), b.Len())
	shape := slices.Clone(a.X.Shape())
	shape[0] = 2 * n
	return autograd.From(slices.Concat(a.X.Slice(0, 0, n).Data(), b.X.Slice(0, 0, n).Data()), shape...)
}

func (n *Network) accuracy(set *data.Set) float64 { return nn.Accuracy(n.Store, n.Model, set.X, set.Y) }

// overflows tells whether outputs for the first samples of a set are not finite.
func (n *Network) overflows(set *data.Set) bool {
	p := nn.NewPass(n.Store, nn.Inference)
	return nonFinite(n.Model.Forward(p, p.Input(set.X.Slice(0, 0, min(probeSamples, set.Len())))).Data()) > 0
}

// probabilities returns those of every class.  x: [n, ...], result: [n, classes]
func (n *Network) probabilities(x *nn.Tensor) *nn.Tensor {
	p := nn.NewPass(n.Store, nn.Inference)
	return n.Model.Forward(p, p.Input(x)).Softmax(-1)
}

// agreement compares two tables of probabilities.
func agreement(a, b *nn.Tensor) (share, distance float64) {
	rows := a.Dim(0)
	first, second := a.ArgMax(-1).Data, b.ArgMax(-1).Data
	for i := range rows {
		if first[i] == second[i] {
			share++
		}
	}
	for i, p := range a.Data() {
		distance += math.Abs(float64(p)-float64(b.Data()[i])) / 2
	}
	return share / float64(rows), distance / float64(rows)
}

// swaps exchanges one layer after another, and scores both networks each time. A layer is all parameters of a module that owns
// a weight; of many the first, the last and some between are taken.
func swaps(ctx context.Context, a, b *Network) (all []Swap, err error) {
	var layers []string
	for _, p := range a.Store.Params() {
		if layer := layerOf(p.Name); isMatrix(p) && !slices.Contains(layers, layer) {
			layers = append(layers, layer)
		}
	}
	for _, k := range figure.Spaced(len(layers), mostSwaps) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		exchange(a, b, layers[k])
		all = append(all, Swap{layers[k], [2]float64{a.accuracy(a.Test), b.accuracy(b.Test)}})
		exchange(a, b, layers[k])
	}
	return all, nil
}

// exchange gives each network the other's layer; done twice, it changes nothing.
func exchange(a, b *Network, layer string) {
	for _, p := range a.Store.Params() {
		if layerOf(p.Name) != layer {
			continue
		}
		q := b.Store.Param(p.Name)
		for i := range p.Data {
			p.Data[i], q.Data[i] = q.Data[i], p.Data[i]
		}
	}
}
