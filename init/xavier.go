package initializer

import (
	"math"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyScaled, name: "xavier-uniform", about: "variance 2 gain²/(fan_in+fan_out): for tanh, sigmoid", options: true,
		scheme: func(_ []float64, o []Option) Scheme { return XavierUniform(o...) },
	})
	_ = register(entry{
		family: familyScaled, name: "xavier-normal", about: "variance 2 gain²/(fan_in+fan_out)", options: true,
		scheme: func(_ []float64, o []Option) Scheme { return XavierNormal(o...) },
	})
)

// XavierUniform draws weights from U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)), which keeps the variance of
// activations and of gradients about the same through layers that are near-linear at 0, as tanh
// (Glorot & Bengio 2010, the "normalized initialization"). The gain is 1 unless an option sets it: [For], [Slope],
// [WithGain].
func XavierUniform(opts ...Option) Scheme {
	s := apply("xavier-uniform", "linear", opts, "for", "slope", "gain")
	return rule{s.text("xavier-uniform"), func(p *Param, r *rand.Rand, dst []float32) {
		b := math.Sqrt(3) * xavierStd(p, s.gain)
		fillUniform(dst, r, -b, b)
	}}.lawfully(func(p *Param) Law { return uniformLaw(xavierStd(p, s.gain)) })
}

// XavierNormal draws weights from N(0, s²) with s = gain sqrt(2 / (fan_in + fan_out)) (Glorot & Bengio 2010). It takes
// the options of [XavierUniform] and [Truncate]; Keras's glorot_normal is Truncate(2).
func XavierNormal(opts ...Option) Scheme {
	s := apply("xavier-normal", "linear", opts, "for", "slope", "gain", "truncate")
	return rule{s.text("xavier-normal"), func(p *Param, r *rand.Rand, dst []float32) {
		s.normal(dst, r, xavierStd(p, s.gain))
	}}.lawfully(func(p *Param) Law { return s.normalLaw(xavierStd(p, s.gain)) })
}

func xavierStd(p *Param, gain float64) float64 {
	return gain * math.Sqrt(2/(p.fan(false)+p.fan(true)))
}
