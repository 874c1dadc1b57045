package initializer

import (
	"math"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyScaled, name: "kaiming-uniform", about: "variance gain²/fan_in: for ReLU", options: true,
		scheme: func(_ []float64, o []Option) Scheme { return KaimingUniform(o...) },
	})
	_ = register(entry{
		family: familyScaled, name: "kaiming-normal", about: "variance gain²/fan_in: for ReLU", options: true,
		scheme: func(_ []float64, o []Option) Scheme { return KaimingNormal(o...) },
	})
)

// KaimingNormal draws weights from N(0, s²) with s = gain / sqrt(fan), which keeps the second moment of activations
// through layers of rectifiers (He et al. 2015, arXiv:1502.01852, equation 10). The fan is fan_in and the nonlinearity
// relu unless options say otherwise: [FanOut], [For], [Slope], [WithGain]. It takes [Truncate], too; Keras's he_normal is
// Truncate(2).
func KaimingNormal(opts ...Option) Scheme {
	s := apply("kaiming-normal", "relu", opts, "fan", "for", "slope", "gain", "truncate")
	std := func(p *Param) float64 { return s.gain / math.Sqrt(p.fan(s.fanOut)) }
	return rule{s.text("kaiming-normal"), func(p *Param, r *rand.Rand, dst []float32) {
		s.normal(dst, r, std(p))
	}}.lawfully(func(p *Param) Law { return s.normalLaw(std(p)) })
}

// KaimingUniform draws weights from U(-b, b) with b = gain sqrt(3 / fan): the variance of [KaimingNormal], whose options
// but Truncate it takes.
func KaimingUniform(opts ...Option) Scheme {
	s := apply("kaiming-uniform", "relu", opts, "fan", "for", "slope", "gain")
	return rule{s.text("kaiming-uniform"), func(p *Param, r *rand.Rand, dst []float32) {
		b := s.gain * math.Sqrt(3/p.fan(s.fanOut))
		fillUniform(dst, r, -b, b)
	}}.lawfully(func(p *Param) Law { return uniformLaw(s.gain / math.Sqrt(p.fan(s.fanOut))) })
}
