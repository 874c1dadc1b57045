package simd

import "math"

// Divergence computes y = t (ln t - x), or eᵗ (t - x) where t is a logarithm, in float64. Where a probability is 0, y is
// 0, unless x is NaN.
func Divergence[T Float](y, x, t []T, logTarget bool) {
	x, t = x[:len(y)], t[:len(y)]
	for i := range y {
		y[i] = T(divergence(float64(x[i]), float64(t[i]), logTarget))
	}
}

func divergence(x, t float64, logTarget bool) float64 {
	p, log := t, t
	if logTarget {
		p = math.Exp(t)
	} else {
		log = math.Log(t)
	}
	if p == 0 && x == x {
		return 0
	}
	return p * (log - x)
}

// DivergenceBackward computes dx = -t dy, or -eᵗ dy where t is a logarithm.
func DivergenceBackward[T Float](dx []T, beta T, dy, t []T, logTarget bool) {
	for i := range dx {
		p := float64(t[i])
		if logTarget {
			p = math.Exp(p)
		}
		put(dx, beta, i, T(-p*float64(dy[i])))
	}
}

// DivergenceTargetBackward computes dt = (ln t + 1 - x) dy, or eᵗ (t + 1 - x) dy where t is a logarithm.
func DivergenceTargetBackward[T Float](dt []T, beta T, dy, x, t []T, logTarget bool) {
	for i := range dt {
		v := float64(t[i])
		p, log := 1.0, v
		if logTarget {
			p = math.Exp(v)
		} else {
			log = math.Log(v)
		}
		put(dt, beta, i, T(p*(log+1-float64(x[i]))*float64(dy[i])))
	}
}
