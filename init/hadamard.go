package initializer

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyExact, name: "hadamard", about: "ZerO: identities, Hadamard where a layer widens; no chance",
	scheme: func([]float64, []Option) Scheme { return Hadamard() },
})

// Hadamard is the scheme ZerO (Zhao et al. 2022, arXiv:2110.12661, algorithms 1 and 2): a weight with no more rows than
// columns is the identity, as far as it goes, and a wider one is
//
//	w[i][j] = (-1)^popcount(i & j) / 2^(m/2)      i < rows, j < cols, m = ceil(log2(rows))
//
// the corner of a Hadamard matrix scaled to be orthogonal, which tells units apart that an identity would leave at 0. (The
// scale is that of the authors' code; the paper's text has 2^(-(m-1)/2).) In convolutions it stands in the middle of the
// kernel. Nothing is drawn but embeddings, which are as those of [Identity]. In a residual network without norms let each
// branch end in 0, as in "hadamard; *.c_proj.weight=zeros": a branch of identities would double the signal.
func Hadamard() Scheme {
	return rule{"hadamard", func(p *Param, r *rand.Rand, dst []float32) {
		if p.Kind == Embedding {
			fillEmbedding(p, r, dst)
			return
		}
		k := p.kernel()
		fill(dst, 0)
		p.eachPart(dst, func(_ Part, dst []float32) {
			if k.rows <= k.cols {
				for i := range k.rows {
					dst[k.at(i, i)] = 1
				}
				return
			}
			scale := math.Pow(2, -float64(bits.Len(uint(k.rows-1)))/2)
			for i := range k.rows {
				for j := range k.cols {
					sign := 1 - 2*(bits.OnesCount(uint(i&j))&1)
					dst[k.at(i, j)] = float32(float64(sign) * scale)
				}
			}
		})
	}}
}
