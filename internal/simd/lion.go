package simd

// Lion is the constants of one step of Lion (arXiv:2302.06675, program 1).
type Lion struct {
	LR           float32
	Rest1, Rest2 float32 // 1 - beta1 and 1 - beta2, not rounded before the difference is taken
	Scale        float32 // of the gradient
	Shrink       float32 // what w is multiplied by first: 1 - lr decay
}

// Step moves w and its average by one step:
//
//	d = scale g
//	w = shrink w - lr sign(beta1 m + (1 - beta1) d);  m = beta2 m + (1 - beta2) d
//
// The sign of 0 is 0, and that of NaN is NaN.
func (l Lion) Step(w, g, m []float32) {
	if lionKernel(w, g, m, l.Shrink, l.Scale, l.Rest1, l.Rest2, l.LR) {
		return
	}
	g, m = g[:len(w)], m[:len(w)]
	for i := range w {
		d := float32(l.Scale * g[i])
		c := m[i] + float32(l.Rest1*(d-m[i]))
		m[i] += float32(l.Rest2 * (d - m[i]))
		switch {
		case c > 0:
			c = 1
		case c < 0:
			c = -1
		}
		w[i] = float32(l.Shrink*w[i]) - float32(l.LR*c)
	}
}
