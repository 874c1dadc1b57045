package lab

import (
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
)

// Tally counts what rounding to a format did to values.
type Tally struct {
	Values    int // rounded
	Underflow int // not 0, but rounded to 0
	Subnormal int // rounded to a number with fewer digits than the format has elsewhere
	Overflow  int // finite, but rounded to an infinity; or not finite in float32 already, though all that it came from is
}

func (t *Tally) add(u Tally) {
	t.Values += u.Values
	t.Underflow += u.Underflow
	t.Subnormal += u.Subnormal
	t.Overflow += u.Overflow
}

// rounder rounds values to a format, to the nearest number and of two equally near to the even one; numbers that are too large
// become infinities.
type rounder struct {
	to       dtype.DType
	counting bool
	broken   bool // something of this step is not finite: what is computed from it is no overflow of its own
}

// round rounds values in place, and adds to a tally.
func (r *rounder) round(values []float32, tally *Tally) {
	t := Tally{Values: len(values)}
	rounded := values
	if r.to != dtype.F32 {
		// Neither can fail: overflow is allowed, and every float32 has a place in an arithmetic format.
		narrow, err := dtype.FromFloat32s("", []int{len(values)}, values, r.to, dtype.AllowInf)
		if err == nil {
			rounded, err = narrow.Float32s(nil)
		}
		if err != nil {
			panic(fmt.Sprintf("lab: rounding to %v: %v", r.to, err))
		}
	}
	broken, normal := r.broken, float32(r.to.Limits().SmallestNormal)
	for i, v := range rounded {
		was := values[i]
		switch {
		case v == 0 && was != 0:
			t.Underflow++
		case v != 0 && v < normal && v > -normal:
			t.Subnormal++
		case v-v != 0:
			r.broken = true
			if !broken || was-was == 0 {
				t.Overflow++
			}
		}
	}
	if r.counting {
		tally.add(t)
	}
	copy(values, rounded)
}

// roundedLayer is a layer whose outputs, and their gradients on the way back, are rounded. Of the first layer of a network the
// inputs are as well.
type roundedLayer struct {
	nn.Layer
	by                    *rounder
	first                 bool
	activations, gradient *Tally
	silent                *bool // whether it returned nothing but 0 when it was looked at
}

// Forward computes what the layer does, rounded.
func (l roundedLayer) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	if l.first {
		x = l.round(x)
	}
	y := l.round(l.Layer.Forward(p, x))
	if !l.by.counting {
		*l.silent = !slices.ContainsFunc(y.Data(), func(v float32) bool { return v != 0 })
	}
	return y
}

// round is the op: rounding one way, and rounding of the gradient the other way.
func (l roundedLayer) round(x *nn.Tensor) *nn.Tensor {
	y := autograd.New(x.Shape(), x)
	copy(y.Data(), x.Data())
	l.by.round(y.Data(), l.activations)
	return y.Record("round", func(dy []float32) {
		if !x.WantsGrad() {
			return
		}
		rounded := append([]float32(nil), dy...)
		l.by.round(rounded, l.gradient)
		dx := x.Grad()
		for i, d := range rounded {
			dx[i] += d
		}
	})
}

// finite tells whether all values are.
func finite(values []float32) bool {
	for _, v := range values {
		if math.IsInf(float64(v), 0) || v != v {
			return false
		}
	}
	return true
}
