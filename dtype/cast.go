package dtype

import (
	"fmt"
	"sync"
)

// CastError says that a tensor cannot be converted between two formats.
type CastError struct {
	Name     string
	From, To DType
}

// Error names the tensor and both formats.
func (e *CastError) Error() string {
	return fmt.Sprintf("tensor %.100q: cannot convert %v to %v: F64, F32, F16, BF16, F8_E4M3, F8_E5M2, integers and BOOL convert to one another",
		e.Name, e.From, e.To)
}

// cast converts between two castable formats. Each value is rounded once.
type cast struct {
	from, to DType
	saturate bool
}

// newCast returns the CastError that forbids the conversion.
func newCast(name string, from, to DType, saturate bool) (cast, error) {
	if from != to && !(from.Castable() && to.Castable()) {
		return cast{}, &CastError{Name: name, From: from, To: to}
	}
	return cast{from, to, saturate}, nil
}

// step is how many elements are converted at a time: they stay in the first-level cache.
const step = 4096

// scratch is memory for one step.
type scratch struct {
	narrow [step]float32
	wide   [step]float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// each calls do with every step of data: from which element on, and how many.
func (c cast) each(data []byte, do func(s *scratch, first, n int)) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	total := len(data) * 8 / c.from.Bits()
	for first := 0; first < total; first += step {
		do(s, first, min(step, total-first))
	}
}

// convert converts src. dst: as many elements
func (c cast) convert(dst, src []byte) {
	if c.from == c.to {
		copy(dst, src)
		return
	}
	from, to := c.from.Bits()/8, c.to.Bits()/8
	c.each(src, func(s *scratch, first, n int) {
		dst, src := dst[first*to:(first+n)*to], src[first*from:(first+n)*from]
		switch {
		case c.from.whole() && c.to.whole():
			rewhole(dst, c.to, src, c.from, n)
		case c.to == F64 && exact32(c.from):
			decode(s.narrow[:n], src, c.from)
			encodeF64(dst, s.narrow[:n])
		case c.to == F64: // from integers: F64 itself is copied
			decodeWhole(s.wide[:n], src, c.from)
			encodeF64(dst, s.wide[:n])
		case c.to.whole() && !exact32(c.from):
			decodeWide(s.wide[:n], src, c.from)
			encodeWhole(dst, s.wide[:n], c.to)
		default:
			encode(dst, c.float32s(s, src, n), c.to)
		}
	})
}

// float32s returns n elements of src as float32, ready for encode: what does not fit is clamped if c says so.
func (c cast) float32s(s *scratch, src []byte, n int) []float32 {
	values := s.narrow[:n]
	switch {
	case c.from == F32 && !c.saturate:
		if seen := inPlace(src); seen != nil {
			return seen
		}
		decode(values, src, c.from)
	case exact32(c.from):
		decode(values, src, c.from)
	default:
		decodeWide(s.wide[:n], src, c.from)
		c.narrow(values, s.wide[:n])
	}
	if c.saturate {
		clamp(values, c.to)
	}
	return values
}

// narrow rounds to float32: for good, or for encode to round again.
func (c cast) narrow(dst []float32, src []float64) {
	if c.to == F32 {
		narrow(dst, src, c.saturate)
	} else {
		narrowOdd(dst, src)
	}
}

// count returns how many values of src do not fit the new format.
func (c cast) count(src []byte) (count int) {
	if c.fitsAll() {
		return 0
	}
	width := c.from.Bits() / 8
	c.each(src, func(s *scratch, first, n int) {
		src := src[first*width : (first+n)*width]
		switch {
		case c.from.whole() && c.to.whole():
			count += rewhole(nil, c.to, src, c.from, n)
		case !exact32(c.from):
			decodeWide(s.wide[:n], src, c.from)
			count += countOverflow64(s.wide[:n], c.to)
		default:
			count += countOverflow32(cast{from: c.from, to: c.to}.float32s(s, src, n), c.to)
		}
	})
	return count
}

// fitsAll tells whether every value of the one format fits the other, so that none must be looked at.
func (c cast) fitsAll() bool {
	from, to := c.from, c.to
	switch {
	case from == to || to == Bool || to == F64:
		return true
	case from.whole() && to.whole():
		return ranges[from].min >= ranges[to].min && ranges[from].max <= ranges[to].max
	case from.whole():
		largest := max(ranges[from].end, -ranges[from].low)
		tie, _ := to.Limits().overflow()
		return largest < tie
	}
	return !to.whole() && to != F8E4M3 && from.Limits().Max <= to.Limits().Max
}

// last returns the last of optional policies, and Refuse when there is none.
func last(policy []Overflow) Overflow {
	if len(policy) == 0 {
		return Refuse
	}
	return policy[len(policy)-1]
}
