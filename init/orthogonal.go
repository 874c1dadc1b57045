package initializer

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/blas"
)

// Orthogonal draws a uniformly distributed matrix with orthonormal rows or columns, whichever are fewer, times the gain:
// Q of the QR decomposition of a Gaussian matrix, with the signs of R's diagonal (Saxe et al. 2013, arXiv:1312.6120).
// The first axis counts the rows, all others together the columns, as in torch.nn.init.orthogonal_. The gain is 1 unless
// an option sets it.
func Orthogonal(opts ...Option) Scheme {
	s, text := apply("linear", opts)
	return rule{"orthogonal" + text, func(p *Param, r *rand.Rand, dst []float32) {
		if len(dst) == 0 {
			return
		}
		if len(p.Shape) < 2 {
			p.fail("an orthogonal start needs two axes or more, not shape %v", p.Shape)
		}
		rows := p.Shape[0]
		cols := len(dst) / rows
		long, short := max(rows, cols), min(rows, cols)
		q := make([]float64, len(dst))
		for i := range q {
			q[i] = r.NormFloat64()
		}
		blas.Orthonormalize(q, long, short)
		for i := range rows {
			for j := range cols {
				at := i*short + j
				if rows < cols { // q holds the columns of the transpose
					at = j*short + i
				}
				dst[i*cols+j] = float32(s.gain * q[at])
			}
		}
	}}
}
