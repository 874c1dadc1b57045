package initializer

import (
	"math"
	"math/rand/v2"
)

// KaimingNormal draws weights from N(0, s²) with s = gain / sqrt(fan), which keeps the second moment of activations
// through layers of rectifiers (He et al. 2015, arXiv:1502.01852, equation 10). The fan is fan_in and the nonlinearity
// relu unless options say otherwise: [FanOut], [For], [Slope], [WithGain].
func KaimingNormal(opts ...Option) Scheme {
	s, text := apply("relu", opts)
	return rule{"kaiming-normal" + text, func(p *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, 0, s.gain/math.Sqrt(p.fan(s.fanOut)))
	}}
}

// KaimingUniform draws weights from U(-b, b) with b = gain sqrt(3 / fan): the variance of [KaimingNormal].
func KaimingUniform(opts ...Option) Scheme {
	s, text := apply("relu", opts)
	return rule{"kaiming-uniform" + text, func(p *Param, r *rand.Rand, dst []float32) {
		b := s.gain * math.Sqrt(3/p.fan(s.fanOut))
		fillUniform(dst, r, -b, b)
	}}
}
