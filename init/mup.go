package initializer

import (
	"math"
	"math/rand/v2"
	"slices"
)

var _ = register(entry{
	family: familyWide, name: "mup", about: "maximal update: tune at width BASE, train at any width", numbers: []float64{64}, options: true,
	scheme: func(n []float64, o []Option) Scheme { return MuP(whole("mup", "base width", n[0]), o...) },
})

// MuP is the maximal update parametrization for Adam and its kin (Yang et al. 2022, arXiv:2203.03466, table 8; Microsoft's
// package mup). Settings that are best for a network of width base, the learning rate above all, are then best for one of
// any width. Where r is the width that a weight's layer states over base, or 1 where fan_in does not grow with the width,
//
//	            starts from                computes with   learning rate
//	weights     N(0, gain²/fan_in)         w               times 1/r
//	head        N(0, gain²/fan_in × r)     w/r             as it is
//	embeddings  N(0, 1)                    w               as it is
//	biases, scales as ever
//
// At the base width it is the standard parametrization, as [LeCunNormal]. The gain is 1 unless [For], [Slope] or [WithGain]
// set it. The authors recommend [ZeroHead] and [ZeroQueries], and products of queries and keys times 8/d for heads of d
// numbers in place of 1/√d: nn.AttentionScale. A head that is tied to an embedding computes with it as it is: leave it
// untied. An optimizer that takes weight decay times the learning rate, as AdamW, decays with the smaller rate. A file
// holds w, without the 1/r.
func MuP(base int, opts ...Option) Scheme {
	whole("mup", "base width", float64(base))
	s := apply("mup", "linear", opts, "for", "slope", "gain", "zero")
	scheme := rule{s.text("mup", float64(base)), func(p *Param, r *rand.Rand, dst []float32) {
		if p.Kind == Embedding {
			fillNormal(dst, r, 0, 1)
			return
		}
		ratio := widthRatio(p, base)
		std := s.gain / math.Sqrt(p.fan(false))
		if p.is(Head) {
			std *= math.Sqrt(ratio)
			p.Multiplier = float32(1 / ratio)
		} else {
			p.LRMultiplier = float32(1 / ratio)
		}
		fillNormal(dst, r, 0, std)
		p.eachPart(dst, func(part Part, rows []float32) {
			if slices.Contains(s.zero, part) {
				fill(rows, 0)
			}
		})
	}}
	if slices.Contains(s.zero, Query) { // a weight of queries, keys and values is then not of one law
		return scheme
	}
	return scheme.lawfully(func(p *Param) Law {
		switch {
		case p.Kind == Embedding:
			return normalLaw(1)
		case p.is(Head):
			if slices.Contains(s.zero, Head) {
				return Law{}
			}
			return normalLaw(s.gain * math.Sqrt(widthRatio(p, base)/p.fan(false)))
		}
		return normalLaw(s.gain / math.Sqrt(p.fan(false)))
	})
}

// widthRatio is the width that a weight's layer states over the base, or 1 where it states none.
func widthRatio(p *Param, base int) float64 {
	if p.Width == 0 {
		return 1
	}
	return float64(p.Width) / float64(base)
}
