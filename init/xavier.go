package initializer

import (
	"math"
	"math/rand/v2"
)

// XavierUniform draws weights from U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)), which keeps the variance of
// activations and of gradients about the same through layers that are near-linear at 0, as tanh
// (Glorot & Bengio 2010, the "normalized initialization"). The gain is 1 unless an option sets it.
func XavierUniform(opts ...Option) Scheme {
	s, text := apply("linear", opts)
	return rule{"xavier-uniform" + text, func(p *Param, r *rand.Rand, dst []float32) {
		b := math.Sqrt(3) * xavierStd(p, s.gain)
		fillUniform(dst, r, -b, b)
	}}
}

// XavierNormal draws weights from N(0, s²) with s = gain sqrt(2 / (fan_in + fan_out)) (Glorot & Bengio 2010).
func XavierNormal(opts ...Option) Scheme {
	s, text := apply("linear", opts)
	return rule{"xavier-normal" + text, func(p *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, 0, xavierStd(p, s.gain))
	}}
}

func xavierStd(p *Param, gain float64) float64 {
	return gain * math.Sqrt(2/(p.fan(false)+p.fan(true)))
}
