package initializer

import (
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyDeep, name: "zero-residual", about: "kaiming-normal, residual branches end in 0", options: true,
	scheme: func(_ []float64, o []Option) Scheme { return ZeroResidual(o...) },
})

// ZeroResidual is [KaimingNormal] but for the ends of residual branches, which start at 0: every block first hands its
// input on, and a deep network starts as a shallow one. The end of a branch is its last weight, or, where a norm comes after
// that, the norm's scale (Goyal et al. 2017, arXiv:1706.02677, section 5.1; torchvision's zero_init_residual). It takes the
// options of KaimingNormal.
func ZeroResidual(opts ...Option) Scheme {
	s := apply("zero-residual", "relu", opts, "fan", "for", "slope", "gain", "truncate")
	return zeroResidual{rule{s.text("zero-residual"), func(p *Param, r *rand.Rand, dst []float32) {
		s.normal(dst, r, s.gain/math.Sqrt(p.fan(s.fanOut)))
	}}}
}

type zeroResidual struct{ rule }

func (s zeroResidual) Fill(p *Param, r *rand.Rand, dst []float32) {
	if p.endsBranch() || p.Kind == Scale && p.Residual {
		fill(dst, 0)
		return
	}
	s.rule.Fill(p, r, dst)
}
