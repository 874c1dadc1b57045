package kernels

import "github.com/heft-ml/heft/internal/vector"

func elu() []*vector.Kernel {
	forward := vector.New("elu", "computes y = scale * x where x > 0, else low * (e^x - 1).")
	y, x := forward.Out("y"), forward.In("x").Load()
	scale, low := forward.Scalar("scale"), forward.Scalar("low")
	zero := forward.Float(0)
	down := expm1Down(forward, zero.Min(x)) // NaN stays
	y.Store(x.Greater(zero).Select(scale.Mul(x), low.Mul(down)))

	backward := vector.Gradient("eluBackward", "computes dx = dy * scale where x > 0, else dy * low * e^x.", func(k *vector.Kernel) vector.Value {
		dy, x := k.In("dy").Load(), k.In("x").Load()
		scale, low := k.Scalar("scale"), k.Scalar("low")
		zero := k.Float(0)
		_, large := expDown(k, zero.Min(x))
		return dy.Mul(x.Greater(zero).Select(scale, large.Mul(low).Mul(k.Float(shrink))))
	})
	return []*vector.Kernel{forward, backward}
}
