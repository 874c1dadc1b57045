package same

import (
	"math"
	"slices"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

// seen are the samples as both networks take them: those at [i][k] are of network k, scaled as network i scales its own.
type seen struct{ test, shown [2][2]*data.Set }

// bothSee returns what the networks see of one another's samples, and whether they can.
func bothSee(a, b *Network) (s seen, ok bool) {
	both := [2]*Network{a, b}
	for i, n := range both {
		for k, other := range both {
			if s.test[i][k], ok = n.sees(other, other.Test); !ok {
				return s, false
			}
			if s.shown[i][k] = s.test[i][k]; other.Train == nil {
				continue
			}
			if s.shown[i][k], ok = n.sees(other, other.Train); !ok {
				return s, false
			}
		}
	}
	return s, true
}

// sees returns samples of another network in n's own scaling. They cannot be had if columns are of other kinds or
// categories, or if their numbers leave those of float32.
func (n *Network) sees(other *Network, set *data.Set) (*data.Set, bool) {
	if n.Input == nil || other.Input == nil {
		return set, n.Input == other.Input
	}
	if !sameColumns(n.Input, other.Input) {
		return nil, false
	}
	to, from := scales(n.Input), scales(other.Input)
	if slices.Equal(to, from) {
		return set, true
	}
	values := slices.Clone(set.X.Data())
	for i, v := range values {
		was, is := from[i%len(from)], to[i%len(to)]
		values[i] = float32((float64(float64(v)*was.std) + was.mean - is.mean) / is.std)
		if values[i]-values[i] != 0 {
			return nil, false
		}
	}
	own := *set
	own.X = autograd.From(values, set.X.Shape()...)
	return &own, true
}

// sameColumns tells whether numbers of samples mean the same in both but for their scaling. Names may differ.
func sameColumns(a, b *data.Input) bool {
	return a.Kind == b.Kind && a.Width == b.Width && a.Height == b.Height && a.Channels == b.Channels &&
		slices.EqualFunc(a.Columns, b.Columns, func(x, y data.Column) bool { return x.Kind == y.Kind && slices.Equal(x.Values, y.Values) })
}

// scale says what a number of a sample is: (number - mean) / std.
type scale struct{ mean, std float64 }

// scales returns those of all numbers of a sample, in their order.
func scales(in *data.Input) (all []scale) {
	for _, c := range in.Columns {
		if c.Kind == data.NumberColumn {
			all = append(all, scale{c.Mean, c.Std})
			continue
		}
		all = append(all, slices.Repeat([]scale{{0, 1}}, len(c.Values))...)
	}
	for c := range in.Channels {
		all = append(all, slices.Repeat([]scale{{in.PixelMean[c], in.PixelStd[c]}}, in.Width*in.Height)...)
	}
	return all
}

// alike tells whether two sets are the same samples, but for the rounding of their scaling.
func alike(a, b *data.Set) bool {
	const rounding = 1e-5
	return a == b || slices.Equal(a.Y.Data, b.Y.Data) && slices.EqualFunc(a.X.Data(), b.X.Data(), func(x, y float32) bool {
		return math.Abs(float64(x)-float64(y)) <= rounding*(1+math.Abs(float64(x)))
	})
}
