package kernels

import "github.com/heft-ml/heft/internal/vector"

func exponential() []*vector.Kernel {
	return []*vector.Kernel{
		unary("exp", "computes y = e^x.", exp),
		unary("log", "computes y = ln x: -Inf at 0, NaN below.", log),
	}
}

// unary is a function of one stream.
func unary(name, doc string, f func(k *vector.Kernel, x vector.Value) vector.Value) *vector.Kernel {
	k := vector.New(name, doc)
	y, x := k.Out("y"), k.In("x").Load()
	y.Store(f(k, x))
	return k
}

// derivative is the gradient of a function of one stream, given its derivative.
func derivative(name, doc string, f func(k *vector.Kernel, x vector.Value) vector.Value) *vector.Kernel {
	return vector.Gradient(name, doc, func(k *vector.Kernel) vector.Value {
		dy, x := k.In("dy").Load(), k.In("x").Load()
		return dy.Mul(f(k, x))
	})
}
