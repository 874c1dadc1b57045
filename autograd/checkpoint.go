package autograd

// Mirror puts a tensor of another tape on this one as a leaf, without copying it. What gathers as its gradient here
// gathers in x itself, so the bits are those of one tape. It is how a part of a run is computed again
// (arXiv:1604.06174): on a tape of its own, whose memory serves the next part.
//
//	y := autograd.New(shape, x) // holds what f computed on the inner tape
//	y.Record("checkpoint", func(dy []float32) {
//		inner.Reset()
//		inner.Backward(f(inner.Mirror(x)), dy)
//	})
//
// The mirror lives until t's Reset, and no longer than x. A constant panics with a [*UsageError].
func (t *Tape[T]) Mirror(x *Tensor[T]) *Tensor[T] {
	x.check()
	if x.tape == nil || x.tape == t {
		misuse("mirror", "tensor %v is a constant or on this tape already: it needs no mirror", x.shape)
	}
	x.used = true
	y := t.head(x.shape)
	y.name, y.data = x.name, x.data
	if t.recording {
		y.slot = x.slot
	}
	return y
}
