package gguf

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

// scanner reads a header from its first byte on. No length that it finds is believed beyond the bytes that are left.
type scanner struct {
	source *mapped.Source
	r      *bufio.Reader
	pos    int64 // of the next byte
	order  binary.ByteOrder
}

// bufferSize is how much is read at once.
const bufferSize = 1 << 16

func newScanner(source *mapped.Source) *scanner {
	return &scanner{source: source, r: bufio.NewReaderSize(io.NewSectionReader(source, 0, source.Size()), bufferSize), order: binary.LittleEndian}
}

// mostHeader is the longest header that is read. Those of large models have some tens of megabytes.
const mostHeader = 1 << 30

// left returns how many bytes of the header can follow.
func (s *scanner) left() int64 { return min(s.source.Size(), mostHeader) - s.pos }

// tooLong says that something does not go into what is left.
func (s *scanner) tooLong(pos int64, format string, args ...any) *FormatError {
	what := fmt.Sprintf(format, args...)
	if s.source.Size() > mostHeader {
		return s.fail(BadValue, pos, "%s, but a header of more than %s bytes is not read", what, fault.Grouped(mostHeader))
	}
	return s.fail(Truncated, pos, "%s, but only %s are left: truncated download?", what, fault.Grouped(uint64(s.left())))
}

// fail makes an error about the byte at pos.
func (s *scanner) fail(kind Kind, pos int64, format string, args ...any) *FormatError {
	e := broken(kind, format, args...)
	e.Offset = pos
	return e
}

// peek returns the next n bytes, which hold until more is read. Few of them are not copied.
func (s *scanner) peek(n uint64, what string) ([]byte, error) {
	if n > uint64(s.left()) {
		return nil, s.tooLong(s.pos, "%s of %s bytes", what, fault.Grouped(n))
	}
	var b []byte
	var err error
	if n <= bufferSize {
		if b, err = s.r.Peek(int(n)); err == nil {
			_, err = s.r.Discard(len(b))
		}
	} else {
		b = make([]byte, n)
		_, err = io.ReadFull(s.r, b)
	}
	if err != nil {
		return nil, err
	}
	s.pos += int64(n)
	return b, nil
}

func (s *scanner) u32(what string) (uint32, error) {
	b, err := s.peek(4, what)
	if err != nil {
		return 0, err
	}
	return s.order.Uint32(b), nil
}

func (s *scanner) u64(what string) (uint64, error) {
	b, err := s.peek(8, what)
	if err != nil {
		return 0, err
	}
	return s.order.Uint64(b), nil
}

// text reads a length and so many bytes.
func (s *scanner) text(what string) (string, error) {
	pos := s.pos
	n, err := s.u64("a length")
	if err != nil {
		return "", err
	}
	if n > uint64(s.left()) {
		return "", s.tooLong(pos, "%s of %s bytes", what, fault.Grouped(n))
	}
	b, err := s.peek(n, what)
	return string(b), err
}

// count reads how many things follow that take at least so many bytes each.
func (s *scanner) count(what string, least int64) (int, error) {
	pos := s.pos
	n, err := s.u64("a count")
	if err != nil {
		return 0, err
	}
	if n > uint64(s.left()/least) {
		return 0, s.tooLong(pos, "%s %s of %d bytes and more", fault.Grouped(n), what, least)
	}
	return int(n), nil
}

// valueType reads the type of a value.
func (s *scanner) valueType() (ValueType, error) {
	pos := s.pos
	n, err := s.u32("a type")
	if t := ValueType(n); err != nil || t.known() {
		return t, err
	}
	return 0, s.fail(BadValue, pos, "type %d is none of 0 to %d", n, F64)
}

// value reads a value of type t that stands in depth arrays.
func (s *scanner) value(t ValueType, depth int) (Value, error) {
	switch t {
	case Array:
		return s.array(depth + 1)
	case String:
		v, err := s.text("a text")
		return Of(v), err
	case Bool:
		v, err := s.bools(1)
		if err != nil {
			return Value{}, err
		}
		return Of(v[0]), nil
	case U8:
		return number[uint8](s)
	case I8:
		return number[int8](s)
	case U16:
		return number[uint16](s)
	case I16:
		return number[int16](s)
	case U32:
		return number[uint32](s)
	case I32:
		return number[int32](s)
	case U64:
		return number[uint64](s)
	case I64:
		return number[int64](s)
	case F32:
		return number[float32](s)
	}
	return number[float64](s)
}

// array reads the elements' type, how many there are, and them.
func (s *scanner) array(depth int) (Value, error) {
	pos := s.pos
	if depth > deepest {
		return Value{}, s.fail(BadValue, pos, "arrays stand in arrays more than %d deep", deepest)
	}
	t, err := s.valueType()
	if err != nil {
		return Value{}, err
	}
	n, err := s.count(t.String()+" elements of an array", valueTypes[t].least)
	if err != nil {
		return Value{}, err
	}
	switch t {
	case Array:
		v, err := each(n, func() (Value, error) { return s.array(depth + 1) })
		return Value{Array, Array, list[Value](v)}, err
	case String:
		v, err := each(n, func() (string, error) { return s.text("a text") })
		return Value{Array, String, list[string](v)}, err
	case Bool:
		v, err := s.bools(n)
		return Value{Array, Bool, list[bool](v)}, err
	case U8:
		return numbers[uint8](s, n)
	case I8:
		return numbers[int8](s, n)
	case U16:
		return numbers[uint16](s, n)
	case I16:
		return numbers[int16](s, n)
	case U32:
		return numbers[uint32](s, n)
	case I32:
		return numbers[int32](s, n)
	case U64:
		return numbers[uint64](s, n)
	case I64:
		return numbers[int64](s, n)
	case F32:
		return numbers[float32](s, n)
	}
	return numbers[float64](s, n)
}

// mostAhead is for how many things room is made before they have been seen.
const mostAhead = 1 << 14

// each reads n elements.
func each[T any](n int, read func() (T, error)) ([]T, error) {
	all := make([]T, 0, min(n, mostAhead))
	for range n {
		v, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// bools reads bytes that are 0 or 1: ggml takes any, but they would not be written as they were read.
func (s *scanner) bools(n int) ([]bool, error) {
	pos := s.pos
	b, err := s.peek(uint64(n), "a bool")
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(b, func(x byte) bool { return x > 1 }); i >= 0 {
		return nil, s.fail(BadValue, pos+int64(i), "a bool is %d, it must be 0 or 1", b[i])
	}
	all := make([]bool, n)
	for i, x := range b {
		all[i] = x == 1
	}
	return all, nil
}

// fixed is a type of values that all have the same number of bytes.
type fixed interface {
	uint8 | int8 | uint16 | int16 | uint32 | int32 | float32 | uint64 | int64 | float64
}

func number[T fixed](s *scanner) (Value, error) {
	v, err := numbersOf[T](s, 1)
	if err != nil {
		return Value{}, err
	}
	return Value{t: typeOf[T](), v: v[0]}, nil
}

func numbers[T fixed](s *scanner, n int) (Value, error) {
	v, err := numbersOf[T](s, n)
	return Value{Array, typeOf[T](), list[T](v)}, err
}

func numbersOf[T fixed](s *scanner, n int) ([]T, error) {
	b, err := s.peek(uint64(n)*uint64(binary.Size(T(0))), "a number")
	if err != nil {
		return nil, err
	}
	all := make([]T, n)
	_, err = binary.Decode(b, s.order, all)
	return all, err
}

// dimension reads one dimension of a tensor.
func (s *scanner) dimension() (int, error) {
	pos := s.pos
	n, err := s.u64("a dimension")
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt {
		return 0, s.fail(BadTensor, pos, "a dimension is %s, at most %s is possible", fault.Grouped(n), fault.Grouped(math.MaxInt))
	}
	return int(n), nil
}
