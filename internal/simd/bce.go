package simd

// BCEWithLogits computes the cross-entropy between σ(x) and the target t, with weights of positives that repeat:
//
//	y = t w softplus(-x) + (1 - t) softplus(x)
//
// Neither term overflows, and none is a difference. Kernels, which take a single weight, are within 2.7 ulp.
func BCEWithLogits[T Float](y, x, t []T, weights []float64) {
	if single[T]() && len(weights) == 1 && bceWithLogitsKernel(f32(y), f32(x), f32(t), float32(weights[0])) {
		return
	}
	for at := 0; at < len(y); {
		for _, w := range weights {
			x, t := float64(x[at]), float64(t[at])
			y[at] = T(t*w*softplus(-x) + (1-t)*softplus(x))
			at++
		}
	}
}

// BCEWithLogitsBackward computes dx = dy * ((1 - t) σ(x) - t w σ(-x)) + beta * dx. Kernels are within 3.2
// ulp of the larger term.
func BCEWithLogitsBackward[T Float](dx []T, beta T, dy, x, t []T, weights []float64) {
	if single[T]() && len(weights) == 1 && bceWithLogitsBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), f32(t), float32(weights[0])) {
		return
	}
	for at := 0; at < len(dx); {
		for _, w := range weights {
			s, rest := logistic(float64(x[at]))
			t := float64(t[at])
			put(dx, beta, at, T(float64(dy[at])*((1-t)*s-t*w*rest)))
			at++
		}
	}
}

// BCETargetBackward computes dt = dy * (w softplus(-x) - softplus(x)) + beta * dt, which is -dy * x for w = 1. The rest
// that both terms have in common is taken once, so that it does not cancel. Kernels are within 2 ulp of the larger.
func BCETargetBackward[T Float](dt []T, beta T, dy, x []T, weights []float64) {
	if single[T]() && len(weights) == 1 && bceTargetBackwardKernel(f32(dt), float32(beta), f32(dy), f32(x), float32(weights[0])) {
		return
	}
	for at := 0; at < len(dt); {
		for _, w := range weights {
			x := float64(x[at])
			d := (w-1)*softplusRest(x) - (w*min(x, 0) + max(x, 0))
			put(dt, beta, at, T(float64(dy[at])*d))
			at++
		}
	}
}
