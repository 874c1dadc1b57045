package simd

import "math"

// The optimizers go over memory once: the factor of the gradient, which clipping sets, is applied on the way. Kernels
// fuse products and sums, so they differ from the twins by some ulp of the largest term.

// SGDStep moves w by one step of gradient descent (Sutskever et al. 2013, in PyTorch's form):
//
//	d = scale g + decay w
//	b = momentum b + (1 - dampening) d, or d at first
//	w = w - lr b, or w - lr (d + momentum b) with nesterov
//
// b is nil without momentum.
func SGDStep(w, g, b []float32, scale, lr, decay, momentum, dampening float32, nesterov, first bool) {
	keep, rest := momentum, 1-dampening
	if first {
		clear(b)
		keep, rest = 0, 1
	}
	switch {
	case b == nil:
		if sgdKernel(w, g, scale, decay, lr) {
			return
		}
	case nesterov:
		if sgdNesterovKernel(w, g, b, scale, decay, lr, rest, keep, momentum) {
			return
		}
	default:
		if sgdMomentumKernel(w, g, b, scale, decay, lr, rest, keep) {
			return
		}
	}
	g = g[:len(w)]
	for i := range w {
		d := float32(scale*g[i]) + float32(decay*w[i])
		if b != nil {
			b[i] = float32(keep*b[i]) + float32(rest*d)
			if nesterov {
				d += float32(momentum * b[i])
			} else {
				d = b[i]
			}
		}
		w[i] -= float32(lr * d)
	}
}

// Adam is the constants of one step of Adam (arXiv:1412.6980).
type Adam struct {
	Beta2, Eps   float32
	Rest1, Rest2 float32 // 1 - beta1 and 1 - beta2, not rounded before the difference is taken
	Scale        float32 // of the gradient
	Size         float32 // lr / (1 - beta1^t)
	Correction   float32 // 1 / sqrt(1 - beta2^t)
	Decay        float32 // weight decay added to the gradient
	Shrink       float32 // what w is multiplied by first: 1 - lr decay, decoupled (arXiv:1711.05101)
}

// Step moves w and its moments by one step:
//
//	w = shrink w;  d = scale g + decay w
//	m = beta1 m + (1 - beta1) d;  v = beta2 v + (1 - beta2) d²
//	w = w - size m / (correction sqrt(v) + eps)
func (a Adam) Step(w, g, m, v []float32) {
	if adamKernel(w, g, m, v, a.Shrink, a.Scale, a.Decay, a.Rest1, a.Rest2, a.Beta2, a.Correction, a.Eps, a.Size) {
		return
	}
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := range w {
		x := float32(a.Shrink * w[i])
		d := float32(a.Scale*g[i]) + float32(a.Decay*x)
		m[i] += float32(a.Rest1 * (d - m[i]))
		v[i] = float32(a.Beta2*v[i]) + float32(a.Rest2*d*d)
		root := float32(math.Sqrt(float64(v[i])))
		w[i] = x - a.Size*m[i]/(float32(a.Correction*root)+a.Eps)
	}
}
