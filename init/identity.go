package initializer

import "math/rand/v2"

var _ = register(entry{
	family: familyExact, name: "identity", about: "each layer hands its input on, times gain", options: true,
	scheme: func(_ []float64, o []Option) Scheme { return Identity(o...) },
})

// Identity starts layers so that they hand their input on, as many of its features as they have: a linear layer with the
// identity matrix (torch.nn.init.eye_), a convolution with 1 in the middle of the kernel from each channel to itself,
// in each group (torch.nn.init.dirac_). Gates of a recurrent layer, and queries, keys and values that are made by one
// weight, have an identity each. The gain is 1 unless [WithGain] sets it: recurrent layers of rectifiers learn long
// sequences from it (Le et al. 2015, arXiv:1504.00941). Embeddings, which have no input to hand on, are drawn from
// N(0, 1/c) for vectors of c numbers.
func Identity(opts ...Option) Scheme {
	s := apply("identity", "linear", opts, "gain")
	return rule{s.text("identity"), func(p *Param, r *rand.Rand, dst []float32) {
		if p.Kind == Embedding {
			fillEmbedding(p, r, dst)
			return
		}
		k := p.kernel()
		fill(dst, 0)
		p.eachPart(dst, func(_ Part, dst []float32) {
			for i := range min(k.rows, k.cols) {
				dst[k.at(i, i)] = float32(s.gain)
			}
		})
	}}
}
