package autograd

// Backward goes back from y, reading the tape in reverse. seed is the gradient of y; nil means 1 and is for a y of one
// element. Gradients gather at the leaves ([Tensor.TakeGrad]); those of other tensors are recycled on the way.
// The way back is gone afterwards unless Retain is set.
//
// It panics with a [*UsageError] when y is a constant, of another tape or spent, and with a [*ShapeError] when the seed
// does not have y's size.
func (t *Tape[T]) Backward(y *Tensor[T], seed []T) {
	t.checkRoot(y, seed)
	dy := y.Grad()
	if seed == nil {
		dy[0]++
	}
	for i, v := range seed {
		dy[i] += v
	}
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		dy := n.slot.grad
		switch {
		case dy == nil: // not on a path to y
		case n.watch:
			n.back(dy)
		default:
			n.slot.grad = nil
			n.back(dy)
			if len(t.temps) > 0 {
				t.release(nil)
			}
			t.free = append(t.free, dy)
		}
	}
	if !t.Retain {
		t.forget()
	}
}

func (t *Tape[T]) checkRoot(y *Tensor[T], seed []T) {
	y.check()
	switch {
	case y.tape != t:
		misuse("backward", "tensor %v is not on this tape", y.shape)
	case y.slot == nil && !t.recording:
		misuse("backward", "this tape does not record: make the pass with Training, not Inference")
	case y.slot == nil:
		misuse("backward", "no gradient flows to tensor %v: it is made of constants", y.shape)
	case y.slot.spent():
		misuse("backward", "the way back from tensor %v was spent by an earlier Backward: set Retain to go again", y.shape)
	case seed == nil && len(y.data) != 1:
		y.mismatch("backward", "only a single element has an implicit gradient: reduce it with Mean or Sum, or give one")
	case seed != nil && len(seed) != len(y.data):
		y.mismatch("backward", countReason(len(seed)))
	}
}

// Watch calls f with y's whole gradient when Backward passes y, if it is called before any op uses y: later uses are
// gone back through first. f must not keep or write the gradient.
func (t *Tape[T]) Watch(y *Tensor[T], f func(dy []T)) {
	if t.recording && y.slot != nil {
		t.nodes = append(t.nodes, node[T]{slot: y.slot, back: f, watch: true})
	}
}
