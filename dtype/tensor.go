package dtype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"

	"github.com/x448/float16"
)

// Tensor is a tensor as weight files hold it.
type Tensor struct {
	Name  string
	DType DType
	Shape []int  // empty: a scalar, which has one element
	Data  []byte // little-endian, row-major, packed: ByteSize(DType, Shape) bytes
}

// Reasons why a shape has no byte size.
var (
	ErrNegativeDimension = errors.New("a dimension is negative")
	ErrSizeOverflow      = errors.New("the shape is too large to count its bytes")
	ErrPartialByte       = errors.New("the elements do not fill whole bytes")
)

// ByteSize returns the bytes that a tensor of that format and shape takes. The error is one of [ErrNegativeDimension], [ErrSizeOverflow],
// [ErrPartialByte] (F4 and F6 whose elements end within a byte), or an [UnknownError]. A zero dimension makes the size 0, but as in the reference
// implementation the dimensions before it must not overflow.
func ByteSize(dt DType, shape []int) (int64, error) {
	if !dt.Valid() {
		return 0, &UnknownError{Name: dt.String()}
	}
	size := uint64(1)
	for _, n := range shape {
		if n < 0 {
			return 0, ErrNegativeDimension
		}
		high, low := bits.Mul64(size, uint64(n))
		if high != 0 {
			return 0, ErrSizeOverflow
		}
		size = low
	}
	high, low := bits.Mul64(size, uint64(dt.Bits()))
	switch {
	case high != 0:
		return 0, ErrSizeOverflow
	case low%8 != 0:
		return 0, ErrPartialByte
	}
	return int64(low / 8), nil
}

// SizeError says that the data of a tensor does not fit its format and shape.
type SizeError struct {
	Name  string
	DType DType
	Shape []int
	Have  int64 // bytes there are
	Want  int64 // bytes the shape needs, when Err is nil
	Err   error // why the shape has no byte size, from [ByteSize]
}

// Error names the tensor, the bytes it has and those it needs.
func (e *SizeError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("tensor %.100q: %v of shape %v: %v", e.Name, e.DType, e.Shape, e.Err)
	}
	return fmt.Sprintf("tensor %.100q: %v of shape %v needs %d bytes, but has %d", e.Name, e.DType, e.Shape, e.Want, e.Have)
}

// Unwrap returns the reason why the shape has no byte size, if that is the matter.
func (e *SizeError) Unwrap() error { return e.Err }

// Check returns a [SizeError] when the length of Data is not what DType and Shape need.
func (t Tensor) Check() error { return checkSize(t.Name, t.DType, t.Shape, int64(len(t.Data))) }

func checkSize(name string, dt DType, shape []int, have int64) error {
	want, err := ByteSize(dt, shape)
	if err == nil && want == have {
		return nil
	}
	return &SizeError{Name: name, DType: dt, Shape: shape, Have: have, Want: want, Err: err}
}

// NumElements returns the product of the dimensions, 1 for a scalar. The shape must be one that [Tensor.Check] accepts.
func (t Tensor) NumElements() int {
	n := 1
	for _, dim := range t.Shape {
		n *= dim
	}
	return n
}

// FromFloat32s makes a tensor of a castable format dt from values, which it copies. Shape: the product of shape is len(values); it panics with a
// [SizeError] otherwise. Values too large for dt are refused with an [OverflowError] unless a policy says otherwise; another dt is a [CastError].
func FromFloat32s(name string, shape []int, values []float32, dt DType, policy ...Overflow) (Tensor, error) {
	t := Tensor{Name: name, DType: F32, Shape: append([]int{}, shape...), Data: make([]byte, 4*len(values))}
	if err := t.Check(); err != nil {
		panic(err)
	}
	encode(t.Data, values, F32)
	return t.As(dt, policy...)
}

// As returns the tensor in the format to; itself when it has that format. Values too large are refused with an [OverflowError] unless a policy says
// otherwise. A tensor or a format that cannot be converted is a [CastError], data that does not fit the shape a [SizeError].
func (t Tensor) As(to DType, policy ...Overflow) (Tensor, error) {
	c, err := t.cast(to, last(policy))
	if err != nil || t.DType == to {
		return t, err
	}
	data := make([]byte, len(t.Data)*8/c.from.Bits()*to.Bits()/8)
	c.convert(data, t.Data)
	return Tensor{Name: t.Name, DType: to, Shape: slices.Clone(t.Shape), Data: data}, nil
}

// cast checks the tensor, the formats and, under Refuse, the values.
func (t Tensor) cast(to DType, policy Overflow) (cast, error) {
	s := t.Stored()
	c, err := s.check(to, policy == Saturate)
	if err == nil {
		err = s.refuse(to, policy)
	}
	return c, err
}

// Float32s appends the values of a tensor of a castable format to dst. Values that float32 does not hold are rounded; those of F64 beyond the largest
// float32 are refused with an [OverflowError] unless a policy says otherwise. Other formats are a [CastError], data that does not fit the shape a
// [SizeError].
func (t Tensor) Float32s(dst []float32, policy ...Overflow) ([]float32, error) {
	c, err := t.cast(F32, last(policy))
	if err != nil {
		return dst, err
	}
	n, width := len(t.Data)*8/c.from.Bits(), c.from.Bits()/8
	dst = slices.Grow(dst, n)[:len(dst)+n]
	values := dst[len(dst)-n:]
	if exact32(c.from) {
		decode(values, t.Data, c.from)
		return dst, nil
	}
	c.each(t.Data, func(s *scratch, first, n int) {
		decodeWide(s.wide[:n], t.Data[first*width:], c.from)
		c.narrow(values[first:first+n], s.wide[:n])
	})
	return dst, nil
}

// Float64s appends the values of a tensor of a castable format to dst: exactly, but for integers beyond 2^53, which are rounded. Errors are those of
// [Tensor.Float32s].
func (t Tensor) Float64s(dst []float64) ([]float64, error) {
	c, err := t.cast(F64, Refuse)
	if err != nil {
		return dst, err
	}
	n, width := len(t.Data)*8/c.from.Bits(), c.from.Bits()/8
	dst = slices.Grow(dst, n)[:len(dst)+n]
	values := dst[len(dst)-n:]
	c.each(t.Data, func(s *scratch, first, n int) {
		values, data := values[first:first+n], t.Data[first*width:(first+n)*width]
		switch {
		case exact32(c.from):
			decode(s.narrow[:n], data, c.from)
			for i, x := range s.narrow[:n] {
				values[i] = float64(x)
			}
		case c.from == F64:
			decodeWide(values, data, c.from)
		default:
			decodeWhole(values, data, c.from)
		}
	})
	return dst, nil
}

// CountOverflow returns how many values of t are too large for the format to, as [Overflow] says; 0 when t already has that format. Errors are those of
// [Tensor.As].
func (t Tensor) CountOverflow(to DType) (int, error) { return t.Stored().CountOverflow(to) }

// WriteAs writes the data of t to w in the format to. See [Stored.WriteAs].
func (t Tensor) WriteAs(w io.Writer, to DType, policy Overflow) error {
	return t.Stored().WriteAs(w, to, policy)
}

// Float16s returns the values of an F16 tensor as numbers of github.com/x448/float16. Other formats are a [CastError].
func (t Tensor) Float16s() ([]float16.Float16, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if t.DType != F16 {
		return nil, &CastError{Name: t.Name, From: t.DType, To: F16}
	}
	values := make([]float16.Float16, len(t.Data)/2)
	for i := range values {
		values[i] = float16.Frombits(binary.LittleEndian.Uint16(t.Data[2*i:]))
	}
	return values, nil
}

// FromFloat16s makes an F16 tensor from values, which it copies. It panics with a [SizeError] when the product of shape is not len(values).
func FromFloat16s(name string, shape []int, values []float16.Float16) Tensor {
	if err := checkSize(name, F16, shape, int64(2*len(values))); err != nil {
		panic(err)
	}
	data := make([]byte, 0, 2*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint16(data, v.Bits())
	}
	return Tensor{Name: name, DType: F16, Shape: append([]int{}, shape...), Data: data}
}
