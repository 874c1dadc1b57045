package nn

// PositionEmbedding adds a learned vector to every position of a sequence (GPT-2's wpe). The sum may take the place of x,
// which panics if it is read afterwards, unless the pass has a probe or its tape an Observe.
type PositionEmbedding struct {
	Named
	Weight *Param // [context, c]
}

// NewPositionEmbedding declares weight [context, c]: a vector for each of so many positions.
func NewPositionEmbedding(s *Scope, context, c int) *PositionEmbedding {
	if context < 1 || c < 1 {
		misuse("position embedding", "%q has %d positions of width %d, but each must be 1 or more", s.path, context, c)
	}
	return &PositionEmbedding{s.Named(), s.Embedding("weight", context, c)}
}

// Forward computes y from x, both [n, t, c]. With a cache, positions go on from those of earlier parts. More positions
// than the table has panic with an [*autograd.UsageError].
func (l *PositionEmbedding) Forward(p *Pass, x *Tensor) *Tensor {
	_, offset := p.remember(l, x.Dim(0), x.Dim(-2))
	end := offset + x.Dim(-2)
	if context := l.Weight.Shape[0]; end > context {
		misuse("position embedding", "%q has %d positions, but %d are needed", l.path, context, end)
	}
	return p.Tap(l, p.add(p.Of(l.Weight).Slice(0, offset, end), x))
}
