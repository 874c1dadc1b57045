package dtype

import (
	"fmt"
	"strings"
)

// Overflow says what becomes of values that are too large for a format: finite ones that would round to infinity. Infinities in the source are such
// values only for a format that has none, F8_E4M3 and the integers; NaN is one only for the integers, and becomes 0 there unless it is refused.
type Overflow uint8

const (
	// Refuse stops the conversion with an [OverflowError].
	Refuse Overflow = iota
	// AllowInf turns them into infinities, as a cast in PyTorch does, and in F8_E4M3 into NaN; in an integer format into the nearest number.
	AllowInf
	// Saturate turns them into the largest finite number of the format, with their sign, as a cast to F8_E4M3 in PyTorch 2.15 does; in an integer format
	// into the nearest number.
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
		fmt.Fprintf(&b, "%d of %d values of %.100q are beyond %v's %s", c.Overflow, c.Values, c.Name, c.To, extent(c.To))
	}
	return fmt.Sprintf("overflow refused: %s: use a wider dtype, or allow infinities (AllowInf), or clamp (Saturate)", b.String())
}

// extent writes the largest number of a format, and for an integer the smallest, too.
func extent(d DType) string {
	if r, ok := ranges[d]; ok {
		return fmt.Sprintf("%d to %d", r.min, r.max)
	}
	return fmt.Sprintf("%g", d.Limits().Max)
}
