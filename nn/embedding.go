package nn

// Embedding looks vectors up by index (PyTorch's nn.Embedding).
type Embedding struct {
	Named
	Weight *Param // [v, c]
}

// NewEmbedding declares weight [v, c].
func NewEmbedding(s *Scope, v, c int) *Embedding {
	return &Embedding{s.Named(), s.Embedding("weight", v, c)}
}

// Forward computes y [..., c] from ids [...], each in [0, v).
func (l *Embedding) Forward(p *Pass, ids Labels) *Tensor {
	return p.Tap(l, p.Of(l.Weight).Embedding(ids))
}
