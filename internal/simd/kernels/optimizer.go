package kernels

import "github.com/heft-ml/heft/internal/vector"

func optimizer() []*vector.Kernel {
	return []*vector.Kernel{
		sgd("sgd", false, false),
		sgd("sgdMomentum", true, false),
		sgd("sgdNesterov", true, true),
		adam(),
		rmsprop("rmsprop", false, false),
		rmsprop("rmspropMomentum", false, true),
		rmsprop("rmspropCentered", true, false),
		rmsprop("rmspropCenteredMomentum", true, true),
		nadam(),
		lion(),
		muonLook(),
		lerp(),
	}
}

// direction is scale g + decay w.
func direction(k *vector.Kernel, g, w vector.Value) vector.Value {
	return g.FMA(k.Scalar("scale"), w.Mul(k.Scalar("decay")))
}

func sgd(name string, momentum, nesterov bool) *vector.Kernel {
	k := vector.New(name, "moves w by one step of gradient descent.")
	weights := k.Out("w")
	w, g := weights.Load(), k.In("grad").Load()
	d := direction(k, g, w)
	lr := k.Scalar("lr")
	if momentum {
		buffer := k.Out("b")
		b := d.FMA(k.Scalar("rest"), buffer.Load().Mul(k.Scalar("keep")))
		buffer.Store(b)
		if nesterov {
			d = b.FMA(k.Scalar("momentum"), d)
		} else {
			d = b
		}
	}
	weights.Store(d.FNMA(lr, w))
	return k
}

func adam() *vector.Kernel {
	k := vector.New("adam", "moves w and its moments by one step of Adam.")
	weights, gradient, first, second := k.Out("w"), k.In("grad"), k.Out("m"), k.Out("v")
	w := weights.Load().Mul(k.Scalar("shrink"))
	d := direction(k, gradient.Load(), w)

	m, size := moments(k, d, first, second)
	weights.Store(w.Sub(m.Mul(k.Scalar("size")).Div(size)))
	return k
}

// moments moves the averages of d and d², and returns the first and the corrected root of the second.
func moments(k *vector.Kernel, d vector.Value, first, second vector.Stream) (m, size vector.Value) {
	m = toward(d, first.Load(), k.Scalar("rest1"))
	first.Store(m)
	v := d.Mul(k.Scalar("rest2")).FMA(d, second.Load().Mul(k.Scalar("beta2")))
	second.Store(v)
	return m, v.Sqrt().FMA(k.Scalar("correction"), k.Scalar("eps"))
}

// toward moves the average m by a share of the way to x.
func toward(x, m, share vector.Value) vector.Value { return x.Sub(m).FMA(share, m) }

func nadam() *vector.Kernel {
	k := vector.New("nadam", "moves w and its moments by one step of NAdam.")
	weights, gradient, first, second := k.Out("w"), k.In("grad"), k.Out("m"), k.Out("v")
	w := weights.Load().Mul(k.Scalar("shrink"))
	d := direction(k, gradient.Load(), w)
	m, size := moments(k, d, first, second)
	weights.Store(w.Sub(m.FMA(k.Scalar("ahead"), d.Mul(k.Scalar("now"))).Div(size)))
	return k
}

func lion() *vector.Kernel {
	k := vector.New("lion", "moves w and its average by one step of Lion.")
	weights, gradient, average := k.Out("w"), k.In("grad"), k.Out("m")
	w, m := weights.Load().Mul(k.Scalar("shrink")), average.Load()
	d := gradient.Load().Mul(k.Scalar("scale"))
	c := toward(d, m, k.Scalar("rest1"))
	average.Store(toward(d, m, k.Scalar("rest2")))
	unit := c.Greater(k.Float(0)).Select(k.Float(1), c.Less(k.Float(0)).Select(k.Float(-1), c)) // 0 and NaN stay
	weights.Store(unit.FNMA(k.Scalar("lr"), w))
	return k
}

func muonLook() *vector.Kernel {
	k := vector.New("muonLook", "moves the momentum of Muon and looks ahead along it.")
	ahead, gradient, average := k.Out("ahead"), k.In("grad"), k.Out("m")
	d := gradient.Load().Mul(k.Scalar("scale"))
	m := toward(d, average.Load(), k.Scalar("rest"))
	average.Store(m)
	ahead.Store(toward(m, d, k.Scalar("momentum")))
	return k
}

func lerp() *vector.Kernel {
	k := vector.New("lerp", "moves m by a share of the way to x.")
	average, x := k.Out("m"), k.In("x").Load()
	average.Store(toward(x, average.Load(), k.Scalar("share")))
	return k
}

func rmsprop(name string, centered, momentum bool) *vector.Kernel {
	k := vector.New(name, "moves w and its averages by one step of RMSprop.")
	weights, gradient, squares := k.Out("w"), k.In("grad"), k.Out("v")
	w := weights.Load()
	d := direction(k, gradient.Load(), w)
	rest := k.Scalar("rest")

	v := d.Mul(rest).FMA(d, squares.Load().Mul(k.Scalar("alpha")))
	squares.Store(v)
	if centered {
		average := k.Out("mean")
		mean := average.Load()
		mean = toward(d, mean, rest)
		average.Store(mean)
		v = k.Float(0).Max(mean.FNMA(mean, v)) // a variance, but for rounding; NaN stays
	}
	u := d.Div(v.Sqrt().Add(k.Scalar("eps")))
	if momentum {
		buffer := k.Out("b")
		u = buffer.Load().FMA(k.Scalar("momentum"), u)
		buffer.Store(u)
	}
	weights.Store(u.FNMA(k.Scalar("lr"), w))
	return k
}
