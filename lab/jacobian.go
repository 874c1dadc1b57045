package lab

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// Jacobian returns the derivative of what f makes of one sample with respect to that sample: a row for each number that
// f returns, a column for each that it takes. f is a layer's Forward, or any function of a pass.
//
// It computes all rows at once, from as many copies of the sample. f must treat samples apart, as all layers do except
// for batch normalization, and draw nothing at random.
//
//	x [1, ...], f(x) [1, ...], result [out, in]
func Jacobian(s *nn.Store, x *nn.Tensor, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor) *mat.Dense {
	one := nn.NewPass(s, nn.Inference)
	out := f(one, one.Input(x)).Len()
	copies := slices.Repeat(x.Data(), out)
	shape := slices.Clone(x.Shape())
	shape[0] = out

	p := nn.NewPass(s, nn.Training)
	leaf := p.Tape().Leaf("sample", copies, shape, true)
	y := f(p, leaf)
	seed := make([]float32, y.Len())
	for i := range out {
		seed[i*out+i] = 1
	}
	if !y.WantsGrad() { // f made something of constants alone
		return mat.NewDense(out, x.Len(), nil)
	}
	p.BackwardFrom(y, seed)
	grad := leaf.TakeGrad()
	if grad == nil {
		return mat.NewDense(out, x.Len(), nil)
	}
	return dense(grad, out)
}

// LayerJacobian returns the derivative of hidden layer "to" with respect to hidden layer "from" at a probe sample; hidden
// layers count from 1, and 0 is the input.
//
//	result [width, width], or [width, in] from the input
func (e *Experiment) LayerJacobian(sample, from, to int) *mat.Dense {
	b := e.probe.X.Slice(0, sample, sample+1)
	p := nn.NewPass(e.Store, nn.Inference)
	h := e.layers(p, p.Input(b), 0, from)
	return Jacobian(e.Store, autograd.From(slices.Clone(h.Data()), h.Shape()...), func(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
		return e.layers(p, x, from, to)
	})
}

// layers computes hidden layers from+1 to to.
func (e *Experiment) layers(p *nn.Pass, x *nn.Tensor, from, to int) *nn.Tensor {
	for _, step := range e.parts.steps[from:to] {
		for _, l := range step {
			x = l.Forward(p, x)
		}
	}
	return x
}
