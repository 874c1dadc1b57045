package autograd

import "slices"

// Float is what tensors hold: float32 to train, float64 to check gradients.
type Float interface{ float32 | float64 }

// Tensor is a contiguous row-major block of numbers with a shape, on a tape or on none (a constant).
// A tensor of a tape lives until the tape's [Tape.Reset], or until it gives its memory away ([Tensor.AddOnto]); using it
// afterwards panics.
type Tensor[T Float] struct {
	data    []T
	shape   []int // never written after creation, so tensors of like shape share it
	name    string
	tape    *Tape[T]
	gen     uint32   // the tape's generation this tensor belongs to
	pending bool     // made by New over inputs that want gradients, and not recorded yet
	loose   bool     // its op goes back without its values
	used    bool     // it is an input or has views
	given   bool     // its memory holds another tensor now
	slot    *slot[T] // where its gradient gathers; nil: none flows here. A view shares its base's slot.
	own     slot[T]
}

// From returns a constant over data, which is not copied. No shape makes a scalar of one value.
// It panics with a [*ShapeError] unless the shape has len(data) elements.
func From[T Float](data []T, shape ...int) *Tensor[T] {
	x := &Tensor[T]{data: data, shape: slices.Clone(shape)}
	if volume("from", shape) != len(data) {
		panic(&ShapeError{Op: "from", Operands: []Operand{x.operand()}, Reason: countReason(len(data))})
	}
	return x
}

// Scalar returns a constant of no axes.
func Scalar[T Float](v T) *Tensor[T] { return &Tensor[T]{data: []T{v}} }

// Data returns x's values in row-major order, not copied. They are readable until the tape's Reset.
func (x *Tensor[T]) Data() []T { x.fresh(); return x.data }

// Shape returns the length of every axis. It must not be written.
func (x *Tensor[T]) Shape() []int { return x.shape }

// Dim returns the length of one axis; negative axes count from the end.
func (x *Tensor[T]) Dim(axis int) int { return x.shape[x.axis("dim", axis)] }

// Rank returns the number of axes.
func (x *Tensor[T]) Rank() int { return len(x.shape) }

// Len returns the number of elements.
func (x *Tensor[T]) Len() int { return len(x.data) }

// Item returns the value of a tensor that holds one.
func (x *Tensor[T]) Item() T {
	x.check()
	if len(x.data) != 1 {
		x.mismatch("item", "exactly one element is needed")
	}
	return x.data[0]
}

// Name returns the name the tensor was put on its tape with: a parameter's, or "".
func (x *Tensor[T]) Name() string { return x.name }

// WantsGrad tells whether a gradient flows to x.
func (x *Tensor[T]) WantsGrad() bool { return x.slot != nil }

// Detach returns x's values as a tensor no gradient flows through: the only cut there is.
func (x *Tensor[T]) Detach() *Tensor[T] {
	x.check()
	if x.tape == nil {
		return x
	}
	x.used = true
	y := x.tape.head(x.shape)
	y.data = x.data
	return y
}

// rows splits the shape into everything before the last axis and the last axis. A scalar is one row of one.
func (x *Tensor[T]) rows() (n, c int) {
	if len(x.shape) == 0 {
		return 1, 1
	}
	c = x.shape[len(x.shape)-1]
	if c == 0 {
		return 0, 0
	}
	return len(x.data) / c, c
}

// volume is the number of elements of a shape.
func volume(op string, shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 {
			negative(op, shape)
		}
		n *= d
	}
	return n
}

func negative(op string, shape []int) {
	panic(&ShapeError{Op: op, Operands: []Operand{{Shape: slices.Clone(shape)}}, Reason: "no axis can be negative"})
}
