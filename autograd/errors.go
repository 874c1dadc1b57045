package autograd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Operand is one tensor of a failed op, as a [ShapeError] shows it.
type Operand struct {
	Name  string // the parameter's name, if the tensor has one
	Shape []int
}

// ShapeError says which op got shapes that do not fit, and why. Ops panic with it.
type ShapeError struct {
	Op       string
	Operands []Operand
	Reason   string
}

// Error names the op, every shape, the parameters and the reason.
func (e *ShapeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "autograd: %s:", e.Op)
	for i, o := range e.Operands {
		if i > 0 {
			b.WriteString(" and")
		}
		if o.Name != "" {
			fmt.Fprintf(&b, " %s", o.Name)
		}
		fmt.Fprintf(&b, " %v", o.Shape)
	}
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
	return b.String()
}

// Mistake marks the error as one of the calling code: see [Catch].
func (e *ShapeError) Mistake() {}

// UsageError says which rule of tapes was broken: a tensor used after Reset, an op that recorded no way back,
// a second Backward, tensors of two tapes, a value out of an op's range. Ops panic with it.
type UsageError struct {
	Op     string // may be empty
	Reason string
}

// Error names the op, if one is known, and the rule.
func (e *UsageError) Error() string {
	if e.Op == "" {
		return e.Reason
	}
	return e.Op + ": " + e.Reason
}

// Mistake marks the error as one of the calling code: see [Catch].
func (e *UsageError) Mistake() {}

// Catch runs f and returns the mistake that it panicked with, if any: a [*ShapeError], a [*UsageError], or another
// package's error with a Mistake method. Other panics go on.
func Catch(f func()) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		e, _ := r.(error)
		var mistake interface{ Mistake() }
		if !errors.As(e, &mistake) {
			panic(r)
		}
		err = e
	}()
	f()
	return nil
}

// mismatch panics with a ShapeError over x and the others.
func (x *Tensor[T]) mismatch(op, reason string, others ...*Tensor[T]) {
	e := &ShapeError{Op: op, Reason: reason, Operands: []Operand{x.operand()}}
	for _, z := range others {
		e.Operands = append(e.Operands, z.operand())
	}
	panic(e)
}

func (x *Tensor[T]) operand() Operand { return Operand{x.name, slices.Clone(x.shape)} }

func misuse(op, format string, args ...any) {
	if op != "" {
		op = ": " + op
	}
	panic(&UsageError{Op: "autograd" + op, Reason: fmt.Sprintf(format, args...)})
}

func countReason(n int) string { return fmt.Sprintf("the shape must have %d elements", n) }
