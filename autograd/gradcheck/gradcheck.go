// Package gradcheck compares the gradient of an op, or of any function made of ops, with central differences in float64.
//
//	err := gradcheck.Check(func(x ...*gradcheck.Tensor) *gradcheck.Tensor { return x[0].GELU() },
//		gradcheck.Normal(1, 3, 5))
package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/autograd"
)

// Tensor is what gradients are checked in.
type Tensor = autograd.Tensor[float64]

// Func is a function to check. It is called many times and must give the same result for the same inputs.
type Func func(x ...*Tensor) *Tensor

const (
	step      = 1e-5 // of the central difference: truncation and rounding are both near 1e-10
	tolerance = 1e-7
)

// Difference is where a gradient and its central difference are furthest apart.
type Difference struct {
	Input, Index      int // which input, and which of its elements
	Gradient, Numeric float64
}

// Relative returns |gradient - numeric| / (1 + |numeric|).
func (d Difference) Relative() float64 {
	e := math.Abs(d.Gradient-d.Numeric) / (1 + math.Abs(d.Numeric))
	if math.IsNaN(e) {
		return math.Inf(1)
	}
	return e
}

// Check returns an error that names the worst element when the gradient of f at the inputs is off by more than 1e-7
// relative to 1 + |gradient|. The inputs are constants; their values serve as the point of the check.
func Check(f Func, inputs ...*Tensor) error {
	if d := Worst(f, inputs...); d.Relative() > tolerance {
		return fmt.Errorf("gradcheck: input %d, element %d: gradient %.12g, central difference %.12g (relative error %.2g)",
			d.Input, d.Index, d.Gradient, d.Numeric, d.Relative())
	}
	return nil
}

// Worst compares the gradient of sum(seed ⊙ f(inputs)), for a fixed random seed gradient, with central differences at
// every element of every input, and returns where they are furthest apart.
func Worst(f Func, inputs ...*Tensor) Difference {
	points := make([][]float64, len(inputs))
	for i, x := range inputs {
		points[i] = slices.Clone(x.Data())
	}
	tape := autograd.NewTape[float64](true)
	forward := func() (xs []*Tensor, y *Tensor) {
		tape.Reset()
		for i, p := range points {
			xs = append(xs, tape.Leaf(fmt.Sprintf("input %d", i), p, inputs[i].Shape(), true))
		}
		return xs, f(xs...)
	}
	xs, y := forward()
	seed := Normal(2, y.Len()).Data()
	tape.Backward(y, seed)
	grads := make([][]float64, len(xs))
	for i, x := range xs {
		if g := x.TakeGrad(); g != nil {
			grads[i] = slices.Clone(g)
		} else {
			grads[i] = make([]float64, x.Len())
		}
	}
	value := func() (s float64) {
		_, y := forward()
		for i, v := range y.Data() {
			s += v * seed[i]
		}
		return s
	}
	var worst Difference
	for k, p := range points {
		for i, at := range p {
			p[i] = at + step
			up := value()
			p[i] = at - step
			down := value()
			p[i] = at
			d := Difference{k, i, grads[k][i], (up - down) / (2 * step)}
			if d.Relative() >= worst.Relative() {
				worst = d
			}
		}
	}
	return worst
}

// Normal returns a constant of standard normal values, the same ones for the same seed.
func Normal(seed uint64, shape ...int) *Tensor {
	r := rand.New(rand.NewPCG(seed, 0))
	n := 1
	for _, d := range shape {
		n *= d
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = r.NormFloat64()
	}
	return autograd.From(data, shape...)
}
