package data

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
)

// New returns a data set for classification: row i of x is of class classes[y.Data[i]].
// Nothing is copied, so x and y must not be written afterwards. The errors are those of [Set.Validate].
//
// x: [n, ...]   y: [n]
func New(name string, x *Tensor, y autograd.Labels, classes []string) (*Set, error) {
	return valid(&Set{Name: name, X: x, Y: y, Classes: classes})
}

// NewRegression returns a data set for regression: row i of target belongs to row i of x.
// Nothing is copied, so x and target must not be written afterwards. The errors are those of [Set.Validate].
//
// x: [n, ...]   target: [n, ...]
func NewRegression(name string, x, target *Tensor) (*Set, error) {
	s := &Set{Name: name, X: x, Target: target}
	if target == nil {
		return nil, s.invalid("no targets: give one row for each sample")
	}
	return valid(s)
}

// valid returns s or what is wrong with it.
func valid(s *Set) (*Set, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// Validate returns an error that says what is wrong with a set, and where: no samples, features or classes, not as
// many labels or targets as samples, a label without a class, a value that is NaN or infinite. Rows and columns count
// from 0; a sample's columns are its numbers in row-major order.
func (s *Set) Validate() error {
	if err := s.checkValues("X", s.X); err != nil {
		return err
	}
	if s.Target != nil {
		if len(s.Y.Data) > 0 {
			return s.invalid("both labels and targets: a set has one or the other")
		}
		if err := s.checkValues("Target", s.Target); err != nil {
			return err
		}
		return s.checkCount("target rows", s.Target.Shape()[0])
	}
	return s.checkLabels()
}

// checkValues checks that t is [n, ...], not empty, and finite.
func (s *Set) checkValues(field string, t *Tensor) error {
	if t == nil {
		return s.invalid("no %s: give a tensor of shape [samples, features...]", field)
	}
	shape := t.Shape()
	if len(shape) < 2 {
		return s.invalid("%s has shape %v: want [samples, features...]", field, shape)
	}
	if shape[0] == 0 {
		return s.invalid("no samples in %s: give at least one row", field)
	}
	w := width(t)
	if w == 0 {
		return s.invalid("no features in %s, its shape is %v: give at least one column", field, shape)
	}
	for i, v := range t.Data() {
		if v-v != 0 { // true of NaN and of both infinities
			return s.invalid("%s is %v at row %d, column %d: correct the value or leave the row out", field, v, i/w, i%w)
		}
	}
	return nil
}

// checkLabels checks that there is a label for each sample and a class for each label.
func (s *Set) checkLabels() error {
	if len(s.Classes) == 0 {
		return s.invalid("no classes: name at least one")
	}
	if len(s.Y.Shape) != 1 || s.Y.Shape[0] != len(s.Y.Data) {
		return s.invalid("labels have shape %v and %d values: want one axis, one label for each sample", s.Y.Shape, len(s.Y.Data))
	}
	if err := s.checkCount("labels", len(s.Y.Data)); err != nil {
		return err
	}
	for row, label := range s.Y.Data {
		if label < 0 || int(label) >= len(s.Classes) {
			return s.invalid("row %d has label %d, but there are %d classes, 0 to %d: correct the label or name more classes",
				row, label, len(s.Classes), len(s.Classes)-1)
		}
	}
	return nil
}

func (s *Set) checkCount(what string, n int) error {
	if n != s.Len() {
		return s.invalid("%d rows in X but %d %s: there must be as many", s.Len(), n, what)
	}
	return nil
}

func (s *Set) invalid(format string, args ...any) error {
	return fmt.Errorf("data set %q: %s", s.Name, fmt.Sprintf(format, args...))
}

// ArgumentError says which argument of which function is out of its range. Functions of this package panic with it:
// whoever takes such a number from a user checks it before. It is an [*autograd.UsageError] too, so [autograd.Catch]
// turns the panic into an error.
type ArgumentError struct {
	Func  string // the function or method, such as "Batches"
	Arg   string // the argument's name
	Value any
	Want  string // the values that are allowed, in words
}

// Error names the function, the argument, its value and the range.
func (e *ArgumentError) Error() string {
	return fmt.Sprintf("data: %s: %s is %v: want %s", e.Func, e.Arg, e.Value, e.Want)
}

// Unwrap returns the same mistake in the terms of package autograd.
func (e *ArgumentError) Unwrap() error {
	return &autograd.UsageError{Op: e.Func, Reason: fmt.Sprintf("%s is %v: want %s", e.Arg, e.Value, e.Want)}
}

// argument panics with an ArgumentError unless ok.
func argument(ok bool, function, arg string, value any, want string, args ...any) {
	if !ok {
		panic(&ArgumentError{function, arg, value, fmt.Sprintf(want, args...)})
	}
}
