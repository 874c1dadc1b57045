package kernels

import "github.com/heft-ml/heft/internal/vector"

func relu() []*vector.Kernel {
	forward := vector.New("relu", "computes y = max(x, 0). NaN stays NaN.")
	y, x := forward.Out("y"), forward.In("x").Load()
	y.Store(forward.Float(0).Max(x)) // Max takes its second operand where one is NaN

	backward := vector.Gradient("reluBackward", "computes dx = dy, or 0 where y = 0.", func(k *vector.Kernel) vector.Value {
		dy, y := k.In("dy").Load(), k.In("y").Load()
		zero := k.Float(0)
		return y.LessEqual(zero).Select(zero, dy)
	})
	leaky := vector.New("leakyRelu", "computes y = x where x > 0, else slope * x.")
	y, x = leaky.Out("y"), leaky.In("x").Load()
	y.Store(x.LessEqual(leaky.Float(0)).Select(x.Mul(leaky.Scalar("slope")), x))

	leakyBackward := vector.Gradient("leakyReluBackward", "computes dx = dy where x > 0, else slope * dy.", func(k *vector.Kernel) vector.Value {
		dy, x := k.In("dy").Load(), k.In("x").Load()
		return x.LessEqual(k.Float(0)).Select(dy.Mul(k.Scalar("slope")), dy)
	})
	return []*vector.Kernel{forward, backward, leaky, leakyBackward}
}
