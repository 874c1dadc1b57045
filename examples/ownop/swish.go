package main

import (
	"math"

	"github.com/heft-ml/heft/autograd"
)

// Swish returns x σ(βx), with a β that can be learnt (arXiv:1710.05941).  x, y: any equal shape, beta: one element
func Swish[T autograd.Float](x, beta *autograd.Tensor[T]) *autograd.Tensor[T] {
	b := beta.Item()
	y := autograd.New(x.Shape(), x, beta) // inputs named once: tape, generation, who wants a gradient
	xs, ys := x.Data(), y.Data()
	for i, v := range xs {
		ys[i] = v * sigmoid(b*v)
	}
	return y.Record("swish", func(dy []T) {
		dx := x.Grad() // nil if x wants none
		for i := range dx {
			s := sigmoid(b * xs[i])
			dx[i] += dy[i] * (s + b*xs[i]*s*(1-s))
		}
		if db := beta.Grad(); db != nil {
			var sum float64
			for i, v := range xs {
				s := sigmoid(b * v)
				sum += float64(dy[i] * v * v * s * (1 - s))
			}
			db[0] += T(sum)
		}
	})
}

func sigmoid[T autograd.Float](v T) T { return T(1 / (1 + math.Exp(-float64(v)))) }
