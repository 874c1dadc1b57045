package initializer

import (
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyLibrary, name: "pytorch-default", about: "what PyTorch's modules start with",
	scheme: func([]float64, []Option) Scheme { return PyTorchDefault() },
})

// PyTorchDefault starts parameters as PyTorch's modules do: weights and biases of linear layers from U(-b, b) with
// b = 1 / sqrt(fan_in) (kaiming_uniform_ with a = √5), all of recurrent layers with b = 1 / sqrt(h) for a state of h
// features, embeddings from N(0, 1), norms at scale 1 and shift 0. It is for comparisons with PyTorch: through deep networks
// the signal fades.
//
// One module is different: MultiheadAttention starts queries, keys and values by xavier_uniform_, over the fans of their
// weight's shape, and all biases at 0. Here it starts as linear layers do, but for these rules:
//
//	pytorch-default; *in_proj_weight=xavier-uniform(gain=0.70710678); *in_proj_bias=zeros; *out_proj.bias=zeros
func PyTorchDefault() Scheme { return pyTorchDefault{} }

type pyTorchDefault struct{}

func (pyTorchDefault) String() string { return "pytorch-default" }

func (pyTorchDefault) Fill(p *Param, r *rand.Rand, dst []float32) {
	switch {
	case p.Kind == Embedding:
		fillNormal(dst, r, 0, 1)
	case p.Kind == Weight, p.Kind == Bias && p.FanIn > 0:
		b := pyTorchBound(p)
		fillUniform(dst, r, -b, b)
	default:
		fillUsual(p, dst)
	}
}

// pyTorchBound is where the values of weights and biases end.
func pyTorchBound(p *Param) float64 {
	fan := float64(p.PyTorchFan)
	if p.PyTorchFan == 0 {
		fan = p.fan(false)
	}
	return 1 / math.Sqrt(fan)
}

func (pyTorchDefault) law(p *Param) (Law, bool) {
	switch {
	case p.Kind == Embedding:
		return normalLaw(1), true
	case p.Kind == Weight, p.Kind == Bias && p.FanIn > 0:
		return uniformLaw(pyTorchBound(p) / math.Sqrt(3)), true
	}
	return Law{}, p.Kind == Bias
}
