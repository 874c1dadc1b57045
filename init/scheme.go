package initializer

import (
	"math"
	"math/rand/v2"

	"github.com/heft-ml/heft/internal/simd"
)

// Scheme fills parameters with their starting values.
type Scheme interface {
	// Fill writes all of dst, which has the volume of p's shape, and may set p's multipliers. r is the parameter's own
	// stream: what other parameters draw does not change it.
	Fill(p *Param, r *rand.Rand, dst []float32)
	// String returns the scheme as [Parse] reads it.
	String() string
}

// rule is a scheme that treats weights and embeddings one way and everything else as usual.
type rule struct {
	text   string
	weight func(p *Param, r *rand.Rand, dst []float32)
}

func (s rule) String() string { return s.text }

func (s rule) Fill(p *Param, r *rand.Rand, dst []float32) {
	if p.Kind == Weight || p.Kind == Embedding {
		s.weight(p, r, dst)
		return
	}
	fillUsual(p, dst)
}

// fillUsual is how everything starts that a scheme has no rule for.
func fillUsual(p *Param, dst []float32) {
	switch p.Kind {
	case Scale:
		fill(dst, 1)
	case Buffer:
		fill(dst, p.Start)
	default:
		fill(dst, 0)
	}
}

func fill(dst []float32, v float32) {
	for i := range dst {
		dst[i] = v
	}
}

// fillNormal draws from N(mean, std²), with a key from r.
func fillNormal(dst []float32, r *rand.Rand, mean, std float64) {
	simd.Normal(dst, r.Uint64(), mean, std)
}

// fillUniform draws from U(lo, hi), with a key from r.
func fillUniform(dst []float32, r *rand.Rand, lo, hi float64) {
	simd.Uniform(dst, r.Uint64(), lo, hi)
}

// fillEmbedding draws from N(0, 1/c), for vectors of c numbers: their length is about 1 (Vaswani et al. 2017, as
// fairseq has it).
func fillEmbedding(p *Param, r *rand.Rand, dst []float32) {
	fillNormal(dst, r, 0, 1/math.Sqrt(p.fan(false)))
}
