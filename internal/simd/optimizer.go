package simd

import "math"

// SGDStep moves w by one step of gradient descent (Sutskever et al. 2013, in PyTorch's form):
//
//	d = scale g + decay w
//	b = momentum b + (1 - dampening) d, or d at first
//	w = w - lr b, or w - lr (d + momentum b) with nesterov
//
// b is nil without momentum.
func SGDStep(w, g, b []float32, scale, lr, decay, momentum, dampening float32, nesterov, first bool) {
	g = g[:len(w)]
	for i := range w {
		d := scale*g[i] + decay*w[i]
		if b != nil {
			if first {
				b[i] = d
			} else {
				b[i] = momentum*b[i] + (1-dampening)*d
			}
			if nesterov {
				d += momentum * b[i]
			} else {
				d = b[i]
			}
		}
		w[i] -= lr * d
	}
}

// Adam is the constants of one step of Adam (arXiv:1412.6980).
type Adam struct {
	Beta1, Beta2, Eps float32
	Rest1, Rest2      float32 // 1 - beta1 and 1 - beta2, not rounded before the difference is taken
	Scale             float32 // of the gradient
	Size              float32 // lr / (1 - beta1^t)
	Correction        float32 // 1 / sqrt(1 - beta2^t)
	Decay             float32 // weight decay added to the gradient
	Shrink            float32 // what w is multiplied by first: 1 - lr decay, decoupled (arXiv:1711.05101)
}

// Step moves w and its moments by one step:
//
//	w = shrink w;  d = scale g + decay w
//	m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d²
//	w = w - size m / (correction sqrt(v) + eps)
func (a Adam) Step(w, g, m, v []float32) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := range w {
		x := a.Shrink * w[i]
		d := a.Scale*g[i] + a.Decay*x
		m[i] += a.Rest1 * (d - m[i])
		v[i] = a.Beta2*v[i] + a.Rest2*d*d
		root := float32(math.Sqrt(float64(v[i])))
		w[i] = x - a.Size*m[i]/(a.Correction*root+a.Eps)
	}
}

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
	g, v = g[:len(w)], v[:len(w)]
	for i := range w {
		d := r.Scale*g[i] + r.Decay*w[i]
		v[i] = r.Alpha*v[i] + r.Rest*d*d
		spread := v[i]
		if mean != nil {
			mean[i] += r.Rest * (d - mean[i])
			spread = max(0, spread-mean[i]*mean[i]) // a variance, but for rounding
		}
		u := d / (float32(math.Sqrt(float64(spread))) + r.Eps)
		if b != nil {
			b[i] = r.Momentum*b[i] + u
			u = b[i]
		}
		w[i] -= r.LR * u
	}
}
