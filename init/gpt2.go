package initializer

import (
	"fmt"
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyDeep, name: "gpt2", about: "N(0, STD²), residual branches' ends STD²/branches", numbers: []float64{0.02},
	scheme: func(n []float64, _ []Option) Scheme { return GPT2(n[0]) },
})

// GPT2 draws weights and embeddings from N(0, std²), and weights that write into a residual stream with std divided by
// the square root of the number of residual branches, which are two for each layer (Radford et al. 2019, "Language models
// are unsupervised multitask learners", section 2.3; with std 0.02 it is how Hugging Face's GPT-2 and nanoGPT start). It is
// for transformers whose norms come before the branches: their stream then starts as large at any depth.
func GPT2(std float64) Scheme {
	if !(std >= 0) || math.IsInf(std, 0) {
		misuse("gpt2 needs a finite std of 0 or more, not %v", std)
	}
	of := func(p *Param) float64 {
		if p.endsBranch() {
			return std / math.Sqrt(float64(p.Depth))
		}
		return std
	}
	return rule{fmt.Sprintf("gpt2(%v)", std), func(p *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, 0, of(p))
	}}.lawfully(func(p *Param) Law { return normalLaw(of(p)) })
}
