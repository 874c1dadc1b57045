package autograd

// New returns the uninitialised result of an op over xs, on their tape. Inputs are named here, once: this is where the
// tape, the generation and the wish for a gradient come from. nil inputs are allowed (a missing bias). [Tensor.Record]
// must follow. Inputs of two tapes, of an earlier pass or with a spent way back panic with a [*UsageError].
func New[T Float](shape []int, xs ...*Tensor[T]) *Tensor[T] {
	t, wants := join(xs)
	if t == nil {
		return &Tensor[T]{data: make([]T, volume("new", shape)), shape: append([]int(nil), shape...)}
	}
	return t.result(t.keep(shape), wants)
}

// Like is New with x's own shape.
func (x *Tensor[T]) Like() *Tensor[T] {
	t, wants := join([]*Tensor[T]{x})
	if t == nil {
		return &Tensor[T]{data: make([]T, len(x.data)), shape: x.shape}
	}
	return t.result(x.shape, wants)
}

// join returns the tape of an op's inputs, or nil if all are constants, and whether one of them wants a gradient.
func join[T Float](xs []*Tensor[T]) (t *Tape[T], wants bool) {
	for _, x := range xs {
		if x == nil || x.tape == nil {
			continue
		}
		x.check()
		x.used = true
		if t != nil && t != x.tape {
			misuse("", "tensors of two tapes meet (shapes %v and others): an input belongs to the pass that computes with it", x.shape)
		}
		t = x.tape
		if x.slot != nil {
			wants = true
			if x.slot.spent() {
				misuse("", "tensor %v was spent by an earlier Backward: compute it again, or set Retain", x.shape)
			}
		}
	}
	return t, wants
}

// result is a tensor of a shape that stays, with memory that nobody has written.
func (t *Tape[T]) result(shape []int, wants bool) *Tensor[T] {
	y := t.head(shape)
	y.data, y.pending = t.arena.take(volume("new", shape)), wants
	return y
}

// Record appends the way back from y to the inputs that New was given, unless none of them wants a gradient, and
// returns y. back gets y's whole gradient and adds to the inputs' through [Tensor.GradTo], [Tensor.Grad] or
// [Tensor.AddGrad]; dy must not be kept or written.
func (y *Tensor[T]) Record(op string, back func(dy []T)) *Tensor[T] {
	t := y.tape
	if t == nil {
		return y
	}
	if len(t.temps) > 0 {
		t.release(y)
	}
	if y.pending {
		y.pending = false
		y.own.node, y.own.tape = t.spent+len(t.nodes), t
		y.slot = &y.own
		t.nodes = append(t.nodes, node[T]{slot: y.slot, back: back})
	}
	if t.Observe != nil {
		t.Observe(op, y)
	}
	return y
}

// Save returns n uninitialised elements that live until Reset: what an op's way back needs of its forward.
func (y *Tensor[T]) Save(n int) []T {
	if y.tape == nil {
		return make([]T, n)
	}
	return y.tape.arena.take(n)
}

// Temp returns n uninitialised elements that live until y is recorded or, on the way back, until the op's function
// returns.
func (y *Tensor[T]) Temp(n int) []T {
	t := y.tape
	if t == nil {
		return make([]T, n)
	}
	data := t.scratch(n)
	t.temps = append(t.temps, temp[T]{y, data})
	return data
}

// release hands back the temporaries of y, or of everybody when y is nil.
func (t *Tape[T]) release(y *Tensor[T]) {
	kept := t.temps[:0]
	for _, m := range t.temps {
		if y == nil || m.owner == y {
			t.free = append(t.free, m.data)
		} else {
			kept = append(kept, m)
		}
	}
	clear(t.temps[len(kept):])
	t.temps = kept
}

// stale tells whether x's memory serves a later pass.
func (x *Tensor[T]) stale() bool { return x.tape != nil && x.gen != x.tape.gen }

// fresh panics when x is stale or has given its memory away.
func (x *Tensor[T]) fresh() {
	switch {
	case x.stale():
		misuse("", "tensor %v of an earlier pass used after Reset", x.shape)
	case x.given:
		misuse("", "tensor %v used after AddOnto put the sum in its place", x.shape)
	}
}

// check panics when x cannot be an input: stale, or its op recorded no way back.
func (x *Tensor[T]) check() {
	if x.pending || x.given || x.stale() {
		x.refuse()
	}
}

func (x *Tensor[T]) refuse() {
	x.fresh()
	misuse("", "tensor %v is the result of an op that recorded no way back: call Record", x.shape)
}
