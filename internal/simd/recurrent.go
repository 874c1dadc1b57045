package simd

import "math"

// LSTM computes one step of long short-term memory (Hochreiter & Schmidhuber 1997; with the forget gate of Gers et al.
// 2000). Gates hold their sums and become
//
//	i = σ(i), f = σ(f), g = tanh(g), o = σ(o), c = f before + i g, h = o tanh(c)
func LSTM[T Float](i, f, g, o, before, c, h []T) {
	if single[T]() && lstmKernel(f32(i), f32(f), f32(g), f32(o), f32(before), f32(c), f32(h)) {
		return
	}
	for k, v := range before {
		in, _ := logistic(float64(i[k]))
		forget, _ := logistic(float64(f[k]))
		out, _ := logistic(float64(o[k]))
		candidate := math.Tanh(float64(g[k]))
		cell := float64(forget*float64(v)) + float64(in*candidate)
		i[k], f[k], g[k], o[k] = T(in), T(forget), T(candidate), T(out)
		c[k], h[k] = T(cell), T(out*math.Tanh(cell))
	}
}

// LSTMBackward goes back through [LSTM]. dy and dh together are the gradient of h, and dc that of c. The gradients of the
// gates' sums are written to di, df, dg and do, and dc becomes the gradient of the cell before.
func LSTMBackward[T Float](di, df, dg, do, dc, dy, dh, i, f, g, o, before, c []T) {
	if single[T]() && lstmOutputBackwardKernel(f32(dc), f32(do), f32(dy), f32(dh), f32(o), f32(c)) {
		lstmGatesBackwardKernel(f32(di), f32(df), f32(dg), f32(dc), f32(i), f32(f), f32(g), f32(before))
		return
	}
	for k := range dc {
		d, t := dy[k]+dh[k], T(math.Tanh(float64(c[k])))
		cell := dc[k] + T(d*o[k])*(1-T(t*t))
		do[k] = d * t * logisticRise(o[k])
		di[k] = cell * g[k] * logisticRise(i[k])
		df[k] = cell * before[k] * logisticRise(f[k])
		dg[k] = cell * i[k] * (1 - T(g[k]*g[k]))
		dc[k] = cell * f[k]
	}
}

// logisticRise is the derivative of σ where it is s.
func logisticRise[T Float](s T) T { return s * (1 - s) }

// GRU computes one step of a gated recurrent unit (Cho et al. 2014) as PyTorch has it: r, z and g hold what the input
// adds to the gates, hr, hz and hg what the state before adds, and
//
//	r = σ(r + hr), z = σ(z + hz), g = tanh(g + r hg), h = (1 - z) g + z before
func GRU[T Float](r, z, g, hr, hz, hg, before, h []T) {
	if single[T]() && gruKernel(f32(r), f32(hr), f32(z), f32(hz), f32(g), f32(hg), f32(before), f32(h)) {
		return
	}
	for k, v := range before {
		reset, _ := logistic(float64(r[k] + hr[k]))
		update, rest := logistic(float64(z[k] + hz[k]))
		candidate := math.Tanh(float64(g[k]) + float64(reset*float64(hg[k])))
		r[k], z[k], g[k] = T(reset), T(update), T(candidate)
		h[k] = T(float64(rest*candidate) + float64(update*float64(v)))
	}
}

// GRUBackward goes back through [GRU]. dy and dh together are the gradient of h. The gradients of the sums of r and z, of
// g and of hg are written to dr, dz, dg and dhg, and dh becomes what reaches the state before past the gates.
func GRUBackward[T Float](dr, dz, dg, dhg, dh, dy, r, z, g, hg, before []T) {
	if single[T]() && gruBackwardKernel(f32(dz), f32(dg), f32(dh), f32(dy), f32(z), f32(g), f32(before)) {
		gruResetBackwardKernel(f32(dr), f32(dhg), f32(dg), f32(r), f32(hg))
		return
	}
	for k := range dh {
		d := dy[k] + dh[k]
		candidate := d * (1 - z[k]) * (1 - T(g[k]*g[k]))
		dz[k] = d * (before[k] - g[k]) * logisticRise(z[k])
		dr[k] = candidate * hg[k] * logisticRise(r[k])
		dg[k], dhg[k] = candidate, candidate*r[k]
		dh[k] = d * z[k]
	}
}
