package simd

// BCEWithLogits computes the cross-entropy between σ(x) and the target t, with weights of positives that repeat:
//
//	y = t w softplus(-x) + (1 - t) softplus(x)
//
// Neither term overflows, and none is a difference.
func BCEWithLogits[T Float](y, x, t []T, weights []float64) {
	for at := 0; at < len(y); {
		for _, w := range weights {
			x, t := float64(x[at]), float64(t[at])
			y[at] = T(t*w*softplus(-x) + (1-t)*softplus(x))
			at++
		}
	}
}

// BCEWithLogitsBackward computes dx = dy * ((1 - t) σ(x) - t w σ(-x)) + beta * dx.
func BCEWithLogitsBackward[T Float](dx []T, beta T, dy, x, t []T, weights []float64) {
	for at := 0; at < len(dx); {
		for _, w := range weights {
			s, rest := logistic(float64(x[at]))
			t := float64(t[at])
			put(dx, beta, at, T(float64(dy[at])*((1-t)*s-t*w*rest)))
			at++
		}
	}
}

// BCETargetBackward computes dt = dy * (w softplus(-x) - softplus(x)) + beta * dt.
func BCETargetBackward[T Float](dt []T, beta T, dy, x []T, weights []float64) {
	for at := 0; at < len(dt); {
		for _, w := range weights {
			x := float64(x[at])
			put(dt, beta, at, T(float64(dy[at])*(w*softplus(-x)-softplus(x))))
			at++
		}
	}
}
