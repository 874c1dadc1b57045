package initializer

import (
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyDeep, name: "deepnet", about: "transformers with norms after the sums: see DeepNetAlpha",
	scheme: func([]float64, []Option) Scheme { return DeepNet() },
})

// DeepNet starts very deep transformers of one stack, encoder or decoder, whose norms come after the sums (Wang et al.
// 2022, arXiv:2203.00555, figure 2). Of N layers, which are 2N residual branches,
//
//	weights                            N(0, s²) as [XavierNormal]
//	values, attention's output, MLPs   the same times beta = (8N)^(-1/4)
//	embeddings                         N(0, 1/c), for vectors of c numbers
//
// The other half of the method is in the sums, norm(alpha x + branch(x)) with alpha = (2N)^(1/4): see [DeepNetAlpha]. A
// decoder of M layers beside an encoder has 3M branches, and then beta = (12M)^(-1/4) and alpha = (3M)^(1/4), as in the
// figure. The encoder beside it, which the figure scales by the depths of both, is not of one stack and has no rule here.
func DeepNet() Scheme {
	return rule{"deepnet", func(p *Param, r *rand.Rand, dst []float32) {
		if p.Kind == Embedding {
			fillEmbedding(p, r, dst)
			return
		}
		fillNormal(dst, r, 0, xavierStd(p, 1))
		p.scaleBranch(dst, math.Pow(4*float64(p.Depth), -0.25))
	}}
}

// DeepNetAlpha returns DeepNet's alpha = (2N)^(1/4) for a network of 2N residual branches, or (3M)^(1/4) for one of 3M. A
// norm does not see the size of what it is given, so that norm(alpha x + branch(x)) is norm(x + branch(x)/alpha) with an
// eps smaller by alpha²:
//
//	nn.NewResidual(s, norm, branch, nn.PostNorm(), nn.ResidualScale(1/initializer.DeepNetAlpha(branches)))
func DeepNetAlpha(branches int) float64 { return math.Pow(float64(branches), 0.25) }
