package initializer

import (
	"math"
	"math/rand/v2"
)

// LeCunNormal draws weights from N(0, 1/fan_in) (LeCun et al. 1998, "Efficient BackProp", section 4.6); the start of
// self-normalizing networks with SELU (arXiv:1706.02515).
func LeCunNormal() Scheme {
	return rule{"lecun-normal", func(p *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, 0, 1/math.Sqrt(p.fan(false)))
	}}
}

// LeCunUniform draws weights from U(-b, b) with b = sqrt(3 / fan_in): the variance of [LeCunNormal].
func LeCunUniform() Scheme {
	return rule{"lecun-uniform", func(p *Param, r *rand.Rand, dst []float32) {
		b := math.Sqrt(3 / p.fan(false))
		fillUniform(dst, r, -b, b)
	}}
}
