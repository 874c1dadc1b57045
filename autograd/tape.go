package autograd

// Tape is one run: the ops done, newest last, and the memory of their values. It is used by one goroutine at a time.
type Tape[T Float] struct {
	// Retain keeps the way back after Backward, so that it can be gone again (the rows of a Jacobian need it).
	Retain bool
	// Observe, if set, sees the result of every op as soon as it is computed.
	Observe func(op string, y *Tensor[T])
	// MatmulPrecision says how exact matrix products are: [MatmulHighest], unless set.
	MatmulPrecision MatmulPrecision

	recording bool
	gen       uint32
	spent     int // nodes of this and earlier generations that Backward or Reset removed
	nodes     []node[T]
	arena     arena[T]
	heads     []Tensor[T] // slab of headers; never reused, or a stale tensor would look fresh
	dims      []int       // slab of shapes; never reused either
	free      [][]T       // gradients and temporaries that serve again before Reset
	temps     []temp[T]
	heap      heapLook
}

// node is one step of the way back.
type node[T Float] struct {
	slot  *slot[T]
	back  func(dy []T)
	watch bool // looks at dy and leaves it
}

// temp is memory that returns to the free list when its owner's op is done.
type temp[T Float] struct {
	owner *Tensor[T]
	data  []T
}

// NewTape returns an empty tape. One that does not record computes values only.
func NewTape[T Float](recording bool) *Tape[T] { return &Tape[T]{recording: recording} }

// Recording tells whether ops append their way back.
func (t *Tape[T]) Recording() bool { return t.recording }

// Reset forgets the run. Its memory serves again, and its tensors panic on use.
func (t *Tape[T]) Reset() {
	t.gen++
	t.forget()
	clear(t.free)
	clear(t.temps)
	t.free, t.temps = t.free[:0], t.temps[:0]
	t.arena.reset()
	t.heap.collect()
}

// forget drops the way back, keeping the slice that held it.
func (t *Tape[T]) forget() {
	t.spent += len(t.nodes)
	clear(t.nodes)
	t.nodes = t.nodes[:0]
}

// Leaf puts values on the tape without copying them: neither data nor shape may change until Reset. A leaf that wants
// gradients gathers them until [Tensor.TakeGrad]. The name appears in messages; it may be empty. It panics with a
// [*ShapeError] unless the shape has len(data) elements.
func (t *Tape[T]) Leaf(name string, data []T, shape []int, wants bool) *Tensor[T] {
	x := t.head(shape)
	x.name, x.data = name, data
	if volume("leaf", shape) != len(data) {
		x.mismatch("leaf", countReason(len(data)))
	}
	if wants && t.recording {
		x.own.node, x.own.tape = leafNode, t
		x.slot = &x.own
	}
	return x
}

// slabSize is how many headers, and axes of shapes, are allocated at once.
const slabSize = 64

// head takes a fresh header from the slab.
func (t *Tape[T]) head(shape []int) *Tensor[T] {
	if len(t.heads) == 0 {
		t.heads = make([]Tensor[T], slabSize)
	}
	x := &t.heads[0]
	t.heads = t.heads[1:]
	x.tape, x.gen, x.shape = t, t.gen, shape
	return x
}

// keep copies a shape to the slab.
func (t *Tape[T]) keep(shape []int) []int {
	if cap(t.dims)-len(t.dims) < len(shape) {
		t.dims = make([]int, 0, max(slabSize, len(shape)))
	}
	o := len(t.dims)
	t.dims = append(t.dims, shape...)
	return t.dims[o:len(t.dims):len(t.dims)]
}

// Memory tells how many elements the tape's arena holds and in how many chunks: constant in steady state.
func (t *Tape[T]) Memory() (elements, chunks int) { return t.arena.total, len(t.arena.chunks) }
