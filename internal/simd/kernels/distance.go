package kernels

import "github.com/heft-ml/heft/internal/vector"

func distance() []*vector.Kernel {
	return []*vector.Kernel{
		binary("squaredDistance", "computes dst = (a - b)².", func(a, b vector.Value) vector.Value {
			d := a.Sub(b)
			return d.Mul(d)
		}),
		difference("squaredDistanceBackward", "computes dx = dy * s (x - t) + beta * dx.", func(k *vector.Kernel, dy, d vector.Value) vector.Value {
			return dy.Mul(k.Scalar("s")).Mul(d) // dy is often small, and d may be large
		}),
		binary("distance", "computes dst = |a - b|.", func(a, b vector.Value) vector.Value { return a.Sub(b).Abs() }),
		difference("distanceBackward", "computes dx = dy * s, with the sign of x - t, or 0 where x = t, plus beta * dx.", func(k *vector.Kernel, dy, d vector.Value) vector.Value {
			zero, one := k.Float(0), k.Float(1)
			sign := d.Greater(zero).Select(one, zero.Greater(d).Select(one.Neg(), d)) // 0 and NaN stay
			return dy.Mul(k.Scalar("s")).Mul(sign)
		}),
		huber(),
		difference("huberBackward", "computes dx = dy * s (x - t, kept within ±delta) + beta * dx.", func(k *vector.Kernel, dy, d vector.Value) vector.Value {
			s, delta := k.Scalar("s"), k.Scalar("delta")
			return dy.Mul(s).Mul(delta.Neg().Max(delta.Min(d))) // both take their second operand where one is NaN
		}),
	}
}

// difference is a gradient for a function of x - t.
func difference(name, doc string, of func(k *vector.Kernel, dy, d vector.Value) vector.Value) *vector.Kernel {
	return vector.Gradient(name, doc, func(k *vector.Kernel) vector.Value {
		dy, x, t := k.In("dy").Load(), k.In("x").Load(), k.In("t").Load()
		return of(k, dy, x.Sub(t))
	})
}

func huber() *vector.Kernel {
	k := vector.New("huber", "computes, with d = |x - t|, y = d²/2 where d <= delta and delta (d - delta/2) elsewhere.")
	y, x, t := k.Out("y"), k.In("x").Load(), k.In("t").Load()
	delta, half := k.Scalar("delta"), k.Float(0.5)
	d := x.Sub(t).Abs()
	far := delta.Mul(d.Sub(delta.Mul(half)))
	y.Store(d.LessEqual(delta).Select(d.Mul(d).Mul(half), far))
	return k
}
