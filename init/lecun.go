package initializer

import (
	"math"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyScaled, name: "lecun-uniform", about: "variance 1/fan_in",
		scheme: func([]float64, []Option) Scheme { return LeCunUniform() },
	})
	_ = register(entry{
		family: familyScaled, name: "lecun-normal", about: "variance 1/fan_in: for SELU", options: true,
		scheme: func(_ []float64, o []Option) Scheme { return LeCunNormal(o...) },
	})
)

// LeCunNormal draws weights from N(0, 1/fan_in) (LeCun et al. 1998, "Efficient BackProp", section 4.6); the start of
// self-normalizing networks with SELU (arXiv:1706.02515). It takes [Truncate]; Keras's lecun_normal is Truncate(2).
func LeCunNormal(opts ...Option) Scheme {
	s := apply("lecun-normal", "linear", opts, "truncate")
	return rule{s.text("lecun-normal"), func(p *Param, r *rand.Rand, dst []float32) {
		s.normal(dst, r, 1/math.Sqrt(p.fan(false)))
	}}.lawfully(func(p *Param) Law { return s.normalLaw(1 / math.Sqrt(p.fan(false))) })
}

// LeCunUniform draws weights from U(-b, b) with b = sqrt(3 / fan_in): the variance of [LeCunNormal].
func LeCunUniform() Scheme {
	return rule{"lecun-uniform", func(p *Param, r *rand.Rand, dst []float32) {
		b := math.Sqrt(3 / p.fan(false))
		fillUniform(dst, r, -b, b)
	}}.lawfully(func(p *Param) Law { return uniformLaw(1 / math.Sqrt(p.fan(false))) })
}
