package dtype

import (
	"fmt"
	"strings"
)

// Overflow says what becomes of finite values that are too large for a narrower format. NaN and infinities in the source are not overflow.
type Overflow uint8

const (
	// Refuse stops the conversion with an [OverflowError].
	Refuse Overflow = iota
	// AllowInf turns them into infinities, as a cast in PyTorch does.
	AllowInf
	// Saturate turns them into the largest finite number of the format, with their sign.
	Saturate
)

// OverflowCount is how many finite values of one tensor are too large for a format.
type OverflowCount struct {
	Name     string
	From, To DType
	Overflow int // values too large for To
	Values   int // all values of the tensor
}

// OverflowReport lists the tensors that have values too large for their format, in the order they were met. Empty: all fit.
type OverflowReport []OverflowCount

// Total returns the number of values that do not fit, over all tensors.
func (r OverflowReport) Total() int {
	total := 0
	for _, c := range r {
		total += c.Overflow
	}
	return total
}

// OverflowError refuses a conversion in which finite values would become infinite. It names every tensor and its count.
type OverflowError struct{ Report OverflowReport }

// namedInError bounds the length of the message; Report has all tensors.
const namedInError = 5

// Error names the first tensors with their counts, and what can be done.
func (e *OverflowError) Error() string {
	var b strings.Builder
	for i, c := range e.Report {
		if i == namedInError {
			fmt.Fprintf(&b, ", and %d more tensors", len(e.Report)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d of %d values of %.100q are beyond %v's %g", c.Overflow, c.Values, c.Name, c.To, c.To.Limits().Max)
	}
	return fmt.Sprintf("overflow refused: %s: use a wider dtype, or allow infinities (AllowInf), or clamp (Saturate)", b.String())
}
