package nn

import "github.com/heft-ml/heft/autograd"

// packed attends over packed queries, keys and values [n, t, 3c].
func (l *attentionHeads) packed(p *Pass, m Module, qkv *Tensor, opts []autograd.AttentionOption) *Tensor {
	if p.cache == nil {
		return qkv.SelfAttention(l.heads, l.attends(p, opts)...)
	}
	c := l.heads * l.dim
	part := func(i int) *Tensor { return l.split(qkv.Slice(2, i*c, (i+1)*c), l.heads) }
	q := part(0)
	e, _ := l.entry(p, m, q)
	return l.apart(p, e, q, part(1), part(2), opts)
}

// apart attends over queries [n, t, heads, d], keys and values [n, t, kvheads, d], and what the entry remembers of those,
// if there is one.
func (l *attentionHeads) apart(p *Pass, e *cacheEntry, q, k, v *Tensor, opts []autograd.AttentionOption) *Tensor {
	opts = l.attends(p, opts)
	if e != nil {
		k, v = l.recall(p, e, 0, k), l.recall(p, e, 1, v)
		opts = append(opts, autograd.KeyRows(e.steps))
	}
	return q.Attention(k, v, opts...)
}

// entry returns the layer's entry in the pass's cache, or nil, and how many positions came before.
func (l *attentionHeads) entry(p *Pass, m Module, q *Tensor) (e *cacheEntry, offset int) {
	if p.cache != nil && !l.causal {
		misuse("cache", "%q is not causal: its earlier positions would have to see the later ones", l.path)
	}
	return p.remember(m, q.Dim(0), q.Dim(1))
}

// recall adds keys or values to part i of the entry, and returns all that it has room for.
func (l *attentionHeads) recall(p *Pass, e *cacheEntry, i int, x *Tensor) *Tensor {
	all, room := e.extend(i, x.Data(), l.kvHeads*l.dim, p.cache.context)
	return p.Input(autograd.From(all, e.samples, room, l.kvHeads, l.dim))
}

// split sees x [n, t, heads d] as [n, t, heads, d].
func (l *attentionHeads) split(x *Tensor, heads int) *Tensor {
	if x.Rank() != 3 {
		panic(&autograd.ShapeError{Op: "nn: attention", Operands: []autograd.Operand{{Name: l.path, Shape: x.Shape()}}, Reason: "the input must be [n, t, c]"})
	}
	return x.Reshape(x.Dim(0), x.Dim(1), heads, l.dim)
}
