package kernels

import "github.com/heft-ml/heft/internal/vector"

func variance() []*vector.Kernel {
	return forms(func(s vector.Shape) *vector.Kernel {
		doc := "computes dx = factor * (x - mean) + beta * dx, for mean = high + low, with a factor of every line."
		return s.Gradient("distanceFromMean"+s.String(), doc, func(k *vector.Kernel) vector.Value {
			return distanceFromMean(k).Mul(k.Line("factor"))
		})
	})
}
