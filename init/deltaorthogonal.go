package initializer

import "math/rand/v2"

var _ = register(entry{
	family: familyExact, name: "delta-orthogonal", about: "convolutions: orthonormal middle tap times gain, 0 around", options: true,
	scheme: func(_ []float64, o []Option) Scheme { return DeltaOrthogonal(o...) },
})

// DeltaOrthogonal starts convolutions with an orthonormal matrix from input to output channels, times the gain, in the
// middle of the kernel, and 0 around it (Xiao et al. 2018, arXiv:1806.05393, algorithm 2). Where there are at least as
// many output channels as input channels, every pixel then keeps its length, whatever the borders: plain convolutional
// networks of thousands of layers begin to learn. With fewer output channels, for which the paper has no rule, the rows
// are orthonormal. Each group has a matrix of its own, and a linear layer starts as with [Orthogonal], whose options this
// takes.
func DeltaOrthogonal(opts ...Option) Scheme {
	s := apply("delta-orthogonal", "linear", opts, "for", "slope", "gain")
	return rule{s.text("delta-orthogonal"), func(p *Param, r *rand.Rand, dst []float32) {
		if len(dst) == 0 {
			return
		}
		k := p.kernel()
		fill(dst, 0)
		p.eachPart(dst, func(_ Part, dst []float32) {
			orthonormal(r, k.rows, k.cols, func(i, j int, v float64) { dst[k.at(i, j)] = float32(s.gain * v) })
		})
	}}
}
