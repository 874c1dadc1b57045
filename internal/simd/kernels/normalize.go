package kernels

import "github.com/heft-ml/heft/internal/vector"

// normalize has what layer, RMS and batch normalization are made of. Lines are rows for layer and RMS normalization, whose
// gain and shift belong to columns, and channels for batch normalization, whose gain is part of the line's scale.
func normalize() []*vector.Kernel {
	forward := func(s vector.Shape) *vector.Kernel {
		k := s.New("normalize"+s.String(), "computes y = (x - mean) scale + shift, for mean = high + low.")
		y, d := k.Out("y"), distanceFromMean(k)
		y.Store(d.FMA(k.Line("scale"), k.Line("shift")))
		return k
	}
	sums := func(s vector.Shape) *vector.Kernel {
		k := s.New("normalizeSums"+s.String(), "computes Σ dy and Σ dy (x - mean) of every line, for mean = high + low.")
		dy, d := k.In("dy").Load(), distanceFromMean(k)
		k.Sum("total", dy)
		k.Sum("product", dy.Mul(d)) // half the conversions of Dot, and the product is as good as d
		return k
	}
	backward := func(s vector.Shape) *vector.Kernel {
		doc := "computes dx = scale (dy - push - (x - mean) pull) + beta * dx, for mean = high + low."
		return s.Gradient("normalizeBackward"+s.String(), doc, func(k *vector.Kernel) vector.Value {
			return normalizeGradient(k, k.In("dy").Load())
		})
	}
	scaled := func(s vector.Shape) *vector.Kernel {
		return s.Gradient("scaleBackward"+s.String(), "computes dx = factor dy + beta * dx, with a factor of every line.", func(k *vector.Kernel) vector.Value {
			return k.In("dy").Load().Mul(k.Line("factor"))
		})
	}
	return append(forms(forward, sums, backward, scaled), affineRows()...)
}

func normalizeGradient(k *vector.Kernel, dy vector.Value) vector.Value {
	d := distanceFromMean(k)
	push, pull, scale := k.Line("push"), k.Line("pull"), k.Line("scale")
	return d.FNMA(pull, dy.Sub(push)).Mul(scale)
}

// affineRows has the kernels in which columns have a gain or a shift.
func affineRows() []*vector.Kernel {
	normal := func(k *vector.Kernel) (y vector.Stream, h vector.Value) {
		y = k.Out("y")
		return y, distanceFromMean(k).Mul(k.Row("scale"))
	}
	gain := vector.Rows.New("normalizeGain", "computes y = (x - mean) scale gain, for mean = high + low.")
	y, h := normal(gain)
	y.Store(h.Mul(gain.Column("gain").Load()))

	shift := vector.Rows.New("normalizeShift", "computes y = (x - mean) scale + shift, for mean = high + low.")
	y, h = normal(shift)
	y.Store(h.Add(shift.Column("shift").Load()))

	both := vector.Rows.New("normalizeGainShift", "computes y = (x - mean) scale gain + shift, for mean = high + low.")
	y, h = normal(both)
	y.Store(h.FMA(both.Column("gain").Load(), both.Column("shift").Load()))

	sums := vector.Rows.New("normalizeGainSums", "computes Σ g and Σ g (x - mean) of every row, for g = dy gain and mean = high + low.")
	weighted := sums.In("dy").Load().Mul(sums.Column("gain").Load())
	sums.Sum("total", weighted)
	sums.Sum("product", weighted.Mul(distanceFromMean(sums)))

	doc := "computes dx = scale (dy gain - push - (x - mean) pull) + beta * dx, for mean = high + low."
	backward := vector.Rows.Gradient("normalizeGainBackward", doc, func(k *vector.Kernel) vector.Value {
		return normalizeGradient(k, k.In("dy").Load().Mul(k.Column("gain").Load()))
	})

	return []*vector.Kernel{gain, shift, both, sums, backward, gainSums(false), gainSums(true)}
}

// gainSums has what gain and shift get, for all rows; the rows' results go on from call to call.
func gainSums(shift bool) *vector.Kernel {
	name, doc := "gainSums", "adds dy (x - mean) scale of every row to gains, for mean = high + low."
	if shift {
		name, doc = "gainShiftSums", "adds dy (x - mean) scale of every row to gains, and dy to shifts, for mean = high + low."
	}
	k := vector.Columns.New(name, doc)
	dy, x := k.In("dy").Load(), k.In("x").Load()
	h := x.Sub(k.Row("high")).Sub(k.Row("low")).Mul(k.Row("scale"))
	k.Sum("gains", dy.Mul(h))
	if shift {
		k.Sum("shifts", dy)
	}
	return k
}
