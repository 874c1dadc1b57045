package nn

import "fmt"

// Limit makes it a mistake, a [*LimitError], to declare more numbers than these, with those that the store has already. A
// model whose sizes come from a file then takes no more memory than the file's weights deserve. 0, as at the start, is any.
func (s *Store) Limit(numbers int) { s.most = numbers }

// LimitError says that a model has more numbers than its store may hold.
type LimitError struct {
	Name  string // of the parameter that was too much
	Shape []int
	Most  int // numbers that all parameters may have together
}

// Error names the parameter and the limit.
func (e *LimitError) Error() string {
	return fmt.Sprintf("nn: store: with parameter %.100q %v the model has more than %d numbers", e.Name, e.Shape, e.Most)
}

// Mistake marks the error as one that [autograd.Catch] returns.
func (e *LimitError) Mistake() {}

// numbers is how many a new parameter of this shape has. It panics with a [*LimitError] when they are too many.
func (s *Store) numbers(name string, shape []int) int {
	n := 1
	for _, k := range shape {
		if s.most > 0 && k > 0 && n > s.most/k {
			panic(&LimitError{name, shape, s.most})
		}
		n *= k
	}
	if s.most > 0 && n > s.most-s.held {
		panic(&LimitError{name, shape, s.most})
	}
	return n
}
