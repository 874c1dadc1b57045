package initializer

import (
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyDeep, name: "fixup", about: "no norms: kaiming-normal, less in branches, ends and head 0", options: true,
	scheme: func(_ []float64, o []Option) Scheme { return Fixup(o...) },
})

// Fixup starts residual networks that have no norms (Zhang, Dauphin & Ma 2019, arXiv:1901.09321, "Fixup initialization"):
// the head and the last weight of every branch with 0, all others as [KaimingNormal], and those within a branch of m
// weights times
//
//	L^(-1/(2m-2))      L = branches in the whole network
//
// so that a step moves the output equally far however deep the network is. The paper's third rule is about architecture:
// a scalar bias before each layer and a scalar multiplier in each branch, which blocks that want them declare. Queries and
// keys, which choose between values only, keep their size. It takes [For], [Slope] and [WithGain].
func Fixup(opts ...Option) Scheme {
	s := apply("fixup", "relu", opts, "for", "slope", "gain")
	return rule{s.text("fixup"), func(p *Param, r *rand.Rand, dst []float32) {
		if p.endsBranch() || p.is(Head) {
			fill(dst, 0)
			return
		}
		fillNormal(dst, r, 0, s.gain/math.Sqrt(p.fan(false)))
		if p.Kind == Weight && p.Depth > 0 {
			if p.Layers < 2 {
				p.fail("fixup needs to know how many weights the branch has, 2 or more, which its layer did not state")
			}
			p.scaleBranch(dst, math.Pow(float64(p.Depth), -1/float64(2*p.Layers-2)))
		}
	}}
}
