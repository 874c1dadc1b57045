package kernels

import "github.com/heft-ml/heft/internal/vector"

func power() []*vector.Kernel {
	forward := vector.New("pow", "computes y = x^p with the special values of C's pow, for a finite p other than 0.")
	y, x := forward.Out("y"), forward.In("x").Load()
	p := parts{forward.Scalar("p"), forward.Float(0)}
	y.Store(pow(forward, x, powers{p, forward.Word("odd"), forward.Word("fraction"), nil}))

	backward := vector.Gradient("powBackward", "computes dx = dy * p x^(p-1) + beta * dx, with p-1 = high + low.", func(k *vector.Kernel) vector.Value {
		dy, x := k.In("dy").Load(), k.In("x").Load()
		q := powers{parts{k.Scalar("high"), k.Scalar("low")}, k.Word("odd"), k.Word("fraction"), nil}
		q.c = &factor{k.Scalar("mantissa"), k.Scalar("places"), k.Word("sign")}
		return dy.Mul(pow(k, x, q))
	})
	return []*vector.Kernel{
		forward, backward,
		unary("sqrt", "computes y = sqrt(x): NaN below 0.", func(_ *vector.Kernel, x vector.Value) vector.Value { return x.Sqrt() }),
		vector.Gradient("sqrtBackward", "computes dx = dy / (2 y) + beta * dx, with y = sqrt(x).", func(k *vector.Kernel) vector.Value {
			dy, y := k.In("dy").Load(), k.In("y").Load()
			return dy.Div(y.Add(y))
		}),
		unary("abs", "computes y = |x|.", func(_ *vector.Kernel, x vector.Value) vector.Value { return x.Abs() }),
		derivative("absBackward", "computes dx = dy * sign(x) + beta * dx, with sign(0) = 0. NaN in x stays NaN.", sign),
	}
}

// sign returns 1, -1, or x where that is a zero or NaN.
func sign(k *vector.Kernel, x vector.Value) vector.Value {
	zero := k.Float(0)
	return x.Greater(zero).Select(k.Float(1), x.Less(zero).Select(k.Float(-1), x))
}
