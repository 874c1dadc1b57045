package initializer

import (
	"math"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyDeep, name: "tfixup-encoder", about: "transformers without norms: encoders and GPTs",
		scheme: func([]float64, []Option) Scheme { return TFixupEncoder() },
	})
	_ = register(entry{
		family: familyDeep, name: "tfixup-decoder", about: "transformers without norms: decoders beside an encoder",
		scheme: func([]float64, []Option) Scheme { return TFixupDecoder() },
	})
)

// TFixupEncoder starts transformers that have no norms and need no warm-up (Huang, Pérez, Ba & Volkovs 2020, "Improving
// transformer optimization through better initialization"), whose layers are two residual branches, attention
// and MLP: encoders, and decoders without an encoder, as a GPT. Of N such layers
//
//	weights                            U as [XavierUniform]
//	values, attention's output, MLPs   the same times 0.67 N^(-1/4)
//	embeddings                         N(0, 1/c) times (9N)^(-1/4), for vectors of c numbers
//
// An embedding is scaled where its layer states the residual stream that it opens.
func TFixupEncoder() Scheme {
	return tFixup("tfixup-encoder", 2, func(layers float64) float64 { return 0.67 * math.Pow(layers, -0.25) })
}

// TFixupDecoder is [TFixupEncoder] for decoders whose layers have three residual branches, the third of which attends to
// an encoder. Their factor is (9N)^(-1/4).
func TFixupDecoder() Scheme { return tFixup("tfixup-decoder", 3, ninth) }

// ninth returns (9N)^(-1/4).
func ninth(layers float64) float64 { return math.Pow(9*layers, -0.25) }

func tFixup(name string, branches int, factor func(layers float64) float64) Scheme {
	return rule{name, func(p *Param, r *rand.Rand, dst []float32) {
		layers := float64(p.Depth) / float64(branches)
		if p.Kind == Embedding {
			std := 1 / math.Sqrt(p.fan(false))
			if p.Depth > 0 {
				std *= ninth(layers)
			}
			fillNormal(dst, r, 0, std)
			return
		}
		b := math.Sqrt(3) * xavierStd(p, 1)
		fillUniform(dst, r, -b, b)
		p.scaleBranch(dst, factor(layers))
	}}
}
