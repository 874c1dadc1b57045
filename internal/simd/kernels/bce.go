package kernels

import "github.com/heft-ml/heft/internal/vector"

func bce() []*vector.Kernel {
	forward := vector.New("bceWithLogits", "computes y = t w softplus(-x) + (1 - t) softplus(x).")
	y, x, t := forward.Out("y"), forward.In("x").Load(), forward.In("t").Load()
	yes, no := softpluses(forward, x)
	y.Store(t.Mul(forward.Scalar("w")).FMA(yes, forward.Float(1).Sub(t).Mul(no)))

	backward := vector.Gradient("bceWithLogitsBackward", "computes dx = dy * ((1 - t) σ(x) - t w σ(-x)) + beta * dx.", func(k *vector.Kernel) vector.Value {
		dy, x, t := k.In("dy").Load(), k.In("x").Load(), k.In("t").Load()
		s, rest := logistics(k, x)
		return dy.Mul(t.Mul(k.Scalar("w")).FNMA(rest, k.Float(1).Sub(t).Mul(s)))
	})
	target := vector.Gradient("bceTargetBackward", "computes dt = dy * (w softplus(-x) - softplus(x)) + beta * dt.", func(k *vector.Kernel) vector.Value {
		// softplus(-x) = rest - min(x, 0) and softplus(x) = rest + max(x, 0): for w = 1 the rest cancels.
		dy, x := k.In("dy").Load(), k.In("x").Load()
		w, zero := k.Scalar("w"), k.Float(0)
		straight := w.FNMA(zero.Min(x), zero.Sub(zero.Max(x)))
		return dy.Mul(softplusRest(k, x).FMA(w.Sub(k.Float(1)), straight))
	})
	return []*vector.Kernel{forward, backward, target}
}

// softpluses returns softplus(-x) and softplus(x).
func softpluses(k *vector.Kernel, x vector.Value) (down, up vector.Value) {
	zero, rest := k.Float(0), softplusRest(k, x)
	return rest.Sub(zero.Min(x)), rest.Add(zero.Max(x))
}
