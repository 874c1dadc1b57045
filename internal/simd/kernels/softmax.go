package kernels

import "github.com/heft-ml/heft/internal/vector"

// The largest x of a line, its top, is known to the kernels of this file. x - top is rounded to float32, which costs the
// power at most |x - top| ulp: where that is much, the power is small beside the sum.

func softmax() []*vector.Kernel {
	power := func(s vector.Shape) *vector.Kernel {
		k := s.New("softmaxPower"+s.String(), "computes y = e^(x - top) and the sum of y of every line.")
		y, x := k.Out("y"), k.In("x").Load()
		e, _ := expDown(k, x.Sub(k.Line("top")))
		y.Store(e)
		k.Sum("sum", e)
		return k
	}
	scale := func(s vector.Shape) *vector.Kernel {
		k := s.New("scale"+s.String(), "computes y = factor * y, with a factor of every line.")
		y := k.Out("y")
		y.Store(y.Load().Mul(k.Line("factor")))
		return k
	}
	backward := func(s vector.Shape) *vector.Kernel {
		return s.Gradient("softmaxBackward"+s.String(), "computes dx = y (dy - high - low) + beta * dx.", func(k *vector.Kernel) vector.Value {
			dy, y := k.In("dy").Load(), k.In("y").Load()
			return dy.Sub(k.Line("high")).Sub(k.Line("low")).Mul(y)
		})
	}
	return forms(power, scale, backward)
}

func logSoftmax() []*vector.Kernel {
	others := func(s vector.Shape) *vector.Kernel {
		k := s.New("others"+s.String(), "computes Σ e^(x - top) of every line, leaving out all x that are top, and counts those.")
		d := k.In("x").Load().Sub(k.Line("top"))
		e, _ := expDown(k, d)
		isTop := d.Equal(k.Float(0))
		k.Sum("sum", isTop.Select(k.Float(0), e))
		k.Sum("tops", isTop.Select(k.Float(1), k.Float(0)))
		return k
	}
	forward := func(s vector.Shape) *vector.Kernel {
		k := s.New("logSoftmax"+s.String(), "computes y = x - top - spread.")
		y, x := k.Out("y"), k.In("x").Load()
		y.Store(x.Sub(k.Line("top")).Sub(k.Line("spread")))
		return k
	}
	backward := func(s vector.Shape) *vector.Kernel {
		return s.Gradient("logSoftmaxBackward"+s.String(), "computes dx = dy - e^y sum + beta * dx.", func(k *vector.Kernel) vector.Value {
			dy, y := k.In("dy").Load(), k.In("y").Load()
			e, _ := expDown(k, y)
			return e.FNMA(k.Line("sum"), dy)
		})
	}
	share := func(s vector.Shape) *vector.Kernel {
		return s.Gradient("logSumExpBackward"+s.String(), "computes dx = factor e^(x - top) + beta * dx.", func(k *vector.Kernel) vector.Value {
			e, _ := expDown(k, k.In("x").Load().Sub(k.Line("top")))
			return e.Mul(k.Line("factor"))
		})
	}
	spread := vector.Rows.New("logOnePlus", "computes y = ln(1 + x) for x >= 0.")
	y, x := spread.Out("y"), spread.In("x").Load()
	one := spread.Float(1)
	// Above 1, what 1 + x loses is less than half an ulp of the logarithm.
	y.Store(x.Greater(one).Select(log(spread, x.Add(one)), log1p(spread, x)))
	return append(forms(others, forward, backward, share), spread)
}
