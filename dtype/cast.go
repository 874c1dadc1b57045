package dtype

import (
	"fmt"
	"io"
	"slices"
)

// CastError says that a tensor cannot be converted between two formats.
type CastError struct {
	Name     string
	From, To DType
}

// Error names the tensor and both formats.
func (e *CastError) Error() string {
	return fmt.Sprintf("tensor %.100q: cannot convert %v to %v: tensors of F16, BF16, F32 and F64 convert to F16, BF16 and F32", e.Name, e.From, e.To)
}

// castChunk is how many elements are converted at a time: both buffers stay in the first-level cache.
const castChunk = 4096

// cast converts the data of one tensor. Each value is rounded once.
type cast struct {
	from, to DType
	saturate bool
}

// newCast checks the tensor, the formats and, under Refuse, the values.
func newCast(t Tensor, to DType, policy Overflow) (cast, error) {
	if err := checkCast(t, to); err != nil {
		return cast{}, err
	}
	if policy == Refuse {
		if n := countOverflow(t, to); n > 0 {
			return cast{}, &OverflowError{OverflowReport{{Name: t.Name, From: t.DType, To: to, Overflow: n, Values: t.NumElements()}}}
		}
	}
	return cast{from: t.DType, to: to, saturate: policy == Saturate}, nil
}

// checkCast returns the SizeError or CastError that forbids the conversion.
func checkCast(t Tensor, to DType) error {
	if err := t.Check(); err != nil {
		return err
	}
	if t.DType != to && (!t.DType.Castable() || !to.Castable() || to == F64) {
		return &CastError{Name: t.Name, From: t.DType, To: to}
	}
	return nil
}

// decode appends the values of data to dst as float32, ready for encode.
func (c cast) decode(dst []float32, data []byte) []float32 {
	n := len(data) * 8 / c.from.Bits()
	dst = slices.Grow(dst, n)[:len(dst)+n]
	values := dst[len(dst)-n:]
	switch {
	case c.from != F64:
		decode(values, data, c.from)
	case c.to == F32:
		narrow(values, data, c.saturate)
	default:
		narrowOdd(values, data)
	}
	if c.saturate {
		clamp(values, c.to)
	}
	return dst
}

// CountOverflow returns how many finite values of t are too large for the format to. It is 0 when t already has that format. A tensor or a format
// that cannot be converted is a [CastError], data that does not fit the shape a [SizeError].
func (t Tensor) CountOverflow(to DType) (int, error) {
	if err := checkCast(t, to); err != nil {
		return 0, err
	}
	return countOverflow(t, to), nil
}

// countOverflow counts in a tensor that checkCast accepts. A format that reaches as far as the tensor's needs no look at the values.
func countOverflow(t Tensor, to DType) int {
	if t.DType == to || t.DType.Limits().Max <= to.Limits().Max {
		return 0
	}
	if t.DType == F64 {
		return countOverflow64(t.Data, to)
	}
	count := 0
	c := cast{from: t.DType, to: to}
	var values []float32
	for part := range slices.Chunk(t.Data, castChunk*t.DType.Bits()/8) {
		values = c.decode(values[:0], part)
		count += countOverflow32(values, to)
	}
	return count
}

// WriteAs writes the data of t to w, converted to the format to, a chunk at a time. A tensor that already has the format is written as it is. Under
// Refuse an overflow is an [OverflowError] and nothing is written; other errors are those of [Tensor.CountOverflow] and of w.
func (t Tensor) WriteAs(w io.Writer, to DType, policy Overflow) error {
	c, err := newCast(t, to, policy)
	if err != nil {
		return err
	}
	if c.from == c.to {
		_, err = w.Write(t.Data)
		return err
	}
	var values []float32
	out := make([]byte, castChunk*to.Bits()/8)
	for part := range slices.Chunk(t.Data, castChunk*t.DType.Bits()/8) {
		values = c.decode(values[:0], part)
		n := len(values) * to.Bits() / 8
		encode(out[:n], values, to)
		if _, err := w.Write(out[:n]); err != nil {
			return err
		}
	}
	return nil
}

// last returns the last of optional policies, and Refuse when there is none.
func last(policy []Overflow) Overflow {
	if len(policy) == 0 {
		return Refuse
	}
	return policy[len(policy)-1]
}
