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

	m := first.Load()
	m = d.Sub(m).FMA(k.Scalar("rest1"), m)
	first.Store(m)
	v := d.Mul(k.Scalar("rest2")).FMA(d, second.Load().Mul(k.Scalar("beta2")))
	second.Store(v)

	size := v.Sqrt().FMA(k.Scalar("correction"), k.Scalar("eps"))
	weights.Store(w.Sub(m.Mul(k.Scalar("size")).Div(size)))
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
		mean = d.Sub(mean).FMA(rest, mean)
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
