package initializer

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/blas"
)

var _ = register(entry{
	family: familyExact, name: "orthogonal", about: "orthonormal rows or columns times gain", options: true,
	scheme: func(_ []float64, o []Option) Scheme { return Orthogonal(o...) },
})

// Orthogonal draws a uniformly distributed matrix with orthonormal rows or columns, whichever are fewer, times the gain:
// Q of the QR decomposition of a Gaussian matrix, with the signs of R's diagonal (Saxe et al. 2013, arXiv:1312.6120).
// The first axis counts the rows, all others together the columns, as in torch.nn.init.orthogonal_. The gain is 1 unless
// an option sets it: [For], [Slope], [WithGain]. It keeps lengths through deep networks that are nearly linear, and states
// through many steps of recurrence.
func Orthogonal(opts ...Option) Scheme {
	s := apply("orthogonal", "linear", opts, "for", "slope", "gain")
	return rule{s.text("orthogonal"), func(p *Param, r *rand.Rand, dst []float32) {
		if len(dst) == 0 {
			return
		}
		p.needTwoAxes()
		rows := p.Shape[0]
		cols := len(dst) / rows
		orthonormal(r, rows, cols, func(i, j int, v float64) { dst[i*cols+j] = float32(s.gain * v) })
	}}.lawfully(func(p *Param) Law {
		cols := 1
		for _, n := range p.Shape[1:] {
			cols *= n
		}
		return Law{Variance: s.gain * s.gain / float64(max(p.Shape[0], cols)), Orthonormal: true}
	})
}

// orthonormal draws a matrix [rows, cols] whose rows or columns, whichever are fewer, are orthonormal, and calls set for
// each of its values.
func orthonormal(r *rand.Rand, rows, cols int, set func(i, j int, v float64)) {
	long, short := max(rows, cols), min(rows, cols)
	q := make([]float64, rows*cols)
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
			set(i, j, q[at])
		}
	}
}
