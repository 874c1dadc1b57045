package simd

import "math"

// NAdam is the constants of one step of NAdam (Dozat 2016, in PyTorch's form).
type NAdam struct {
	Beta2, Eps   float32
	Rest1, Rest2 float32 // 1 - beta1 and 1 - beta2, not rounded before the difference is taken
	Scale        float32 // of the gradient
	Now          float32 // lr (1 - mu_t) / (1 - mu_1 ... mu_t), for the gradient
	Ahead        float32 // lr mu_t+1 / (1 - mu_1 ... mu_t+1), for its average
	Correction   float32 // 1 / sqrt(1 - beta2^t)
	Decay        float32 // weight decay added to the gradient
	Shrink       float32 // what w is multiplied by first: 1 - lr decay, decoupled
}

// Step moves w and its moments by one step:
//
//	w = shrink w;  d = scale g + decay w
//	m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d²
//	w = w - (now d + ahead m) / (correction sqrt(v) + eps)
func (a NAdam) Step(w, g, m, v []float32) {
	if nadamKernel(w, g, m, v, a.Shrink, a.Scale, a.Decay, a.Rest1, a.Rest2, a.Beta2, a.Correction, a.Eps, a.Ahead, a.Now) {
		return
	}
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := range w {
		x := float32(a.Shrink * w[i])
		d := float32(a.Scale*g[i]) + float32(a.Decay*x)
		m[i] += float32(a.Rest1 * (d - m[i]))
		v[i] = float32(a.Beta2*v[i]) + float32(a.Rest2*d*d)
		root := float32(math.Sqrt(float64(v[i])))
		w[i] = x - (float32(a.Now*d)+float32(a.Ahead*m[i]))/(float32(a.Correction*root)+a.Eps)
	}
}
