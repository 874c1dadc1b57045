package kernels

import "github.com/heft-ml/heft/internal/vector"

// Lines are the rows of a matrix, or its columns. Softmax, normalization and what else belongs to a line comes in both
// forms, from one text.

// forms makes kernels of each form.
func forms(makers ...func(s vector.Shape) *vector.Kernel) (all []*vector.Kernel) {
	for _, s := range []vector.Shape{vector.Rows, vector.Columns} {
		for _, make := range makers {
			all = append(all, make(s))
		}
	}
	return all
}

func lineSums() []*vector.Kernel {
	sum := func(s vector.Shape) *vector.Kernel {
		k := s.New("sum"+s.String(), "computes Σ x of every line.")
		k.Sum("sum", k.In("x").Load())
		return k
	}
	squares := func(s vector.Shape) *vector.Kernel {
		k := s.New("squares"+s.String(), "computes Σ (x - mean)² of every line, for mean = high + low.")
		d := distanceFromMean(k)
		k.Dot("sum", d, d)
		return k
	}
	dot := func(s vector.Shape) *vector.Kernel {
		k := s.New("dot"+s.String(), "computes Σ x z of every line, of products rounded to float32.")
		x := k.In("x").Load()
		k.Sum("sum", x.Mul(k.In("z").Load()))
		return k
	}
	largest := func(s vector.Shape) *vector.Kernel {
		k := s.New("largest"+s.String(), "computes the largest x of every line.")
		k.Largest("top", k.In("x").Load())
		return k
	}
	return forms(sum, squares, dot, largest)
}

// distanceFromMean returns x - mean, for a mean in two parts: x - high is exact where x is near the mean, and then the
// distance is rounded once.
func distanceFromMean(k *vector.Kernel) vector.Value {
	return k.In("x").Load().Sub(k.Line("high")).Sub(k.Line("low"))
}
