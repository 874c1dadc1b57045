package kernels

import "github.com/heft-ml/heft/internal/vector"

func arithmetic() []*vector.Kernel {
	return []*vector.Kernel{
		vector.Gradient("fill", "computes dst = v + beta * dst.", func(k *vector.Kernel) vector.Value { return k.Scalar("v") }),
		binary("add", "computes dst = a + b.", vector.Value.Add),
		binary("sub", "computes dst = a - b.", vector.Value.Sub),
		binary("mul", "computes dst = a * b.", vector.Value.Mul),
		binary("div", "computes dst = a / b.", vector.Value.Div),
		vector.Gradient("scale", "computes dst = s * a + beta * dst.", func(k *vector.Kernel) vector.Value {
			return k.In("a").Load().Mul(k.Scalar("s"))
		}),
		addScalar(),
		vector.Gradient("mulBackward", "computes dx = dy * z + beta * dx.", func(k *vector.Kernel) vector.Value {
			return k.In("dy").Load().Mul(k.In("z").Load())
		}),
		vector.Gradient("divBackward", "computes dx = dy / z + beta * dx.", func(k *vector.Kernel) vector.Value {
			return k.In("dy").Load().Div(k.In("z").Load())
		}),
		vector.Gradient("divisorBackward", "computes dz = -dy * y / z + beta * dz.", func(k *vector.Kernel) vector.Value {
			dy, y, z := k.In("dy").Load(), k.In("y").Load(), k.In("z").Load()
			return dy.Neg().Mul(y).Div(z)
		}),
	}
}

// binary is an operation on two streams.
func binary(name, doc string, op func(a, b vector.Value) vector.Value) *vector.Kernel {
	k := vector.New(name, doc)
	dst, a, b := k.Out("dst"), k.In("a").Load(), k.In("b").Load()
	dst.Store(op(a, b))
	return k
}

func addScalar() *vector.Kernel {
	k := vector.New("addScalar", "computes dst = a + s.")
	dst, a := k.Out("dst"), k.In("a").Load()
	dst.Store(a.Add(k.Scalar("s")))
	return k
}
