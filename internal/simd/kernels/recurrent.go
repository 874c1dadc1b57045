package kernels

import "github.com/heft-ml/heft/internal/vector"

func recurrent() []*vector.Kernel {
	return []*vector.Kernel{lstm(), lstmOutputBackward(), lstmGatesBackward(), gru(), gruBackward(), gruResetBackward()}
}

// bend replaces what a stream holds by a function of it, and returns that.
func bend(k *vector.Kernel, name string, f func(k *vector.Kernel, x vector.Value) vector.Value) vector.Value {
	s := k.Out(name)
	y := f(k, s.Load())
	s.Store(y)
	return y
}

func lstm() *vector.Kernel {
	k := vector.New("lstm", "makes gates of the sums in i, f, candidate and o, and computes c = f before + i candidate and h = o tanh(c).")
	in, forget := bend(k, "i", logistic), bend(k, "f", logistic)
	candidate, out := bend(k, "candidate", tanhOf), bend(k, "o", logistic)
	before, cell, state := k.In("before").Load(), k.Out("c"), k.Out("h")
	c := in.FMA(candidate, forget.Mul(before))
	cell.Store(c)
	state.Store(out.Mul(tanhOf(k, c)))
	return k
}

// logisticRise returns the derivative of σ where it is s, and tanhRise that of tanh where it is y.
func logisticRise(s vector.Value) vector.Value { return s.FNMA(s, s) }

func tanhRise(k *vector.Kernel, y vector.Value) vector.Value { return y.FNMA(y, k.Float(1)) }

func lstmOutputBackward() *vector.Kernel {
	k := vector.New("lstmOutputBackward", "adds to dc what comes through h = o tanh(c), and computes the gradient do of the sum in o.")
	cell, gate := k.Out("dc"), k.Out("do")
	d := k.In("dy").Load().Add(k.In("dh").Load())
	out, t := k.In("o").Load(), tanhOf(k, k.In("c").Load())
	cell.Store(d.Mul(out).FMA(tanhRise(k, t), cell.Load()))
	gate.Store(d.Mul(t).Mul(logisticRise(out)))
	return k
}

func lstmGatesBackward() *vector.Kernel {
	k := vector.New("lstmGatesBackward", "computes the gradients of the sums of i, f and candidate from dc, and makes dc that of the cell before.")
	di, df, dg, cell := k.Out("di"), k.Out("df"), k.Out("dg"), k.Out("dc")
	in, forget, candidate, before := k.In("i").Load(), k.In("f").Load(), k.In("candidate").Load(), k.In("before").Load()
	dc := cell.Load()
	di.Store(dc.Mul(candidate).Mul(logisticRise(in)))
	df.Store(dc.Mul(before).Mul(logisticRise(forget)))
	dg.Store(dc.Mul(in).Mul(tanhRise(k, candidate)))
	cell.Store(dc.Mul(forget))
	return k
}

func gru() *vector.Kernel {
	k := vector.New("gru", "makes gates of the sums in r, z and candidate, with what the state adds in hr, hz and hg, and computes h = (1 - z) candidate + z before.")
	with := func(name, added string, f func(k *vector.Kernel, x vector.Value) vector.Value) vector.Value {
		return bend(k, name, func(k *vector.Kernel, x vector.Value) vector.Value { return f(k, x.Add(k.In(added).Load())) })
	}
	reset, update := with("r", "hr", logistic), with("z", "hz", logistic)
	candidate := bend(k, "candidate", func(k *vector.Kernel, x vector.Value) vector.Value {
		return tanhOf(k, reset.FMA(k.In("hg").Load(), x))
	})
	before, state := k.In("before").Load(), k.Out("h")
	state.Store(update.FMA(before.Sub(candidate), candidate))
	return k
}

func gruBackward() *vector.Kernel {
	k := vector.New("gruBackward", "computes the gradients of the sums of z and candidate, and makes dh what of that of h reaches the state before past them.")
	dz, dg, dh := k.Out("dz"), k.Out("dg"), k.Out("dh")
	d := k.In("dy").Load().Add(dh.Load())
	update, candidate, before := k.In("z").Load(), k.In("candidate").Load(), k.In("before").Load()
	dz.Store(d.Mul(before.Sub(candidate)).Mul(logisticRise(update)))
	dg.Store(update.FNMA(d, d).Mul(tanhRise(k, candidate)))
	dh.Store(d.Mul(update))
	return k
}

func gruResetBackward() *vector.Kernel {
	k := vector.New("gruResetBackward", "computes the gradients of the sum in r and of hg from dg.")
	dr, dhg := k.Out("dr"), k.Out("dhg")
	dg, reset := k.In("dg").Load(), k.In("r").Load()
	dr.Store(dg.Mul(k.In("hg").Load()).Mul(logisticRise(reset)))
	dhg.Store(dg.Mul(reset))
	return k
}
