package simd

import "math"

// RMSprop is the constants of one step of RMSprop (Tieleman & Hinton 2012, in PyTorch's form).
type RMSprop struct {
	LR, Alpha, Eps, Momentum float32
	Rest                     float32 // 1 - alpha, not rounded before the difference is taken
	Scale                    float32 // of the gradient
	Decay                    float32 // weight decay added to the gradient
}

// Step moves w and its averages by one step; mean is nil unless centered, b is nil without momentum:
//
//	d = scale g + decay w;  v = alpha v + (1 - alpha) d²;  mean = alpha mean + (1 - alpha) d
//	u = d / (sqrt(v - mean²) + eps)
//	b = momentum b + u;  w = w - lr b
func (r RMSprop) Step(w, g, v, mean, b []float32) {
	if r.kernel(w, g, v, mean, b) {
		return
	}
	g, v = g[:len(w)], v[:len(w)]
	for i := range w {
		d := float32(r.Scale*g[i]) + float32(r.Decay*w[i])
		v[i] = float32(r.Alpha*v[i]) + float32(r.Rest*d*d)
		spread := v[i]
		if mean != nil {
			mean[i] += float32(r.Rest * (d - mean[i]))
			spread = max(0, spread-float32(mean[i]*mean[i])) // a variance, but for rounding
		}
		u := d / (float32(math.Sqrt(float64(spread))) + r.Eps)
		if b != nil {
			b[i] = float32(r.Momentum*b[i]) + u
			u = b[i]
		}
		w[i] -= float32(r.LR * u)
	}
}

func (r RMSprop) kernel(w, g, v, mean, b []float32) bool {
	switch {
	case mean == nil && b == nil:
		return rmspropKernel(w, g, v, r.Scale, r.Decay, r.Rest, r.Alpha, r.Eps, r.LR)
	case mean == nil:
		return rmspropMomentumKernel(w, g, v, b, r.Scale, r.Decay, r.Rest, r.Alpha, r.Eps, r.Momentum, r.LR)
	case b == nil:
		return rmspropCenteredKernel(w, g, v, mean, r.Scale, r.Decay, r.Rest, r.Alpha, r.Eps, r.LR)
	}
	return rmspropCenteredMomentumKernel(w, g, v, mean, b, r.Scale, r.Decay, r.Rest, r.Alpha, r.Eps, r.Momentum, r.LR)
}
