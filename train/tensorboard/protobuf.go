package tensorboard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
)

// The part of the protocol buffers' wire format that events need (https://protobuf.dev/programming-guides/encoding/): a
// message is a row of fields, each a key, which is number<<3 | kind, and a value.

// kind says how a field's value is written: the specification's wire type. Groups, 3 and 4, went with proto2.
type kind uint8

const (
	varint  kind = 0 // base 128, lowest first
	fixed64 kind = 1 // 8 bytes, little-endian
	sized   kind = 2 // a length as varint, then as many bytes: text, messages, packed numbers
	fixed32 kind = 5 // 4 bytes, little-endian
)

// The append functions of numbers leave out a zero, as proto3 does: absent is zero. Negative zero is written.

func appendKey(dst []byte, number int, k kind) []byte {
	return binary.AppendUvarint(dst, uint64(number)<<3|uint64(k))
}

func appendInt64(dst []byte, number int, v int64) []byte {
	if v == 0 {
		return dst
	}
	return binary.AppendUvarint(appendKey(dst, number, varint), uint64(v))
}

func appendDouble(dst []byte, number int, v float64) []byte {
	bits := math.Float64bits(v)
	if bits == 0 {
		return dst
	}
	return binary.LittleEndian.AppendUint64(appendKey(dst, number, fixed64), bits)
}

// appendFloat writes a zero too: it is for a field of a oneof, where absent means another choice.
func appendFloat(dst []byte, number int, v float32) []byte {
	return binary.LittleEndian.AppendUint32(appendKey(dst, number, fixed32), math.Float32bits(v))
}

func appendString(dst []byte, number int, s string) []byte {
	dst = binary.AppendUvarint(appendKey(dst, number, sized), uint64(len(s)))
	return append(dst, s...)
}

// appendMessage writes a field that content fills. The length goes in front of it once it is known.
func appendMessage(dst []byte, number int, content func(dst []byte) []byte) []byte {
	dst = appendKey(dst, number, sized)
	start := len(dst)
	dst = content(dst)
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(dst)-start))
	return slices.Insert(dst, start, length[:n]...)
}

// field is one field of a message.
type field struct {
	number int
	kind   kind
	bits   uint64 // the value, unless kind is sized
	bytes  []byte // the value, if kind is sized: a part of the message
}

// is tells whether f is the known field. One with the right number and another kind is unknown, as the specification says.
func (f field) is(number int, k kind) bool { return f.number == number && f.kind == k }

// double is the value of a fixed64.
func (f field) double() float64 { return math.Float64frombits(f.bits) }

// float is the value of a fixed32.
func (f field) float() float32 { return math.Float32frombits(uint32(f.bits)) }

// fields splits a message. An error is the last thing it yields.
func fields(message []byte) iter.Seq2[field, error] {
	return func(yield func(field, error) bool) {
		for rest := message; len(rest) > 0; {
			f, n, err := cutField(rest)
			if !yield(f, err) || err != nil {
				return
			}
			rest = rest[n:]
		}
	}
}

// largestNumber is the specification's bound of field numbers.
const largestNumber = 1<<29 - 1

var errCut = errors.New("the message ends within a field")

// cutField reads the field that b begins with, and says how many bytes it has.
func cutField(b []byte) (f field, n int, err error) {
	key, n := binary.Uvarint(b)
	if n <= 0 {
		return f, n, errors.New("a field's key is no number")
	}
	if number := key >> 3; number == 0 || number > largestNumber {
		return f, n, fmt.Errorf("%d is no number of a field", number)
	}
	f.number, f.kind = int(key>>3), kind(key&7)
	b = b[n:]
	switch size := 0; f.kind {
	case varint:
		f.bits, size = binary.Uvarint(b)
		if size <= 0 {
			return f, n, fmt.Errorf("the value of field %d is no number", f.number)
		}
		return f, n + size, nil
	case fixed64:
		if len(b) < 8 {
			return f, n, errCut
		}
		f.bits = binary.LittleEndian.Uint64(b)
		return f, n + 8, nil
	case fixed32:
		if len(b) < 4 {
			return f, n, errCut
		}
		f.bits = uint64(binary.LittleEndian.Uint32(b))
		return f, n + 4, nil
	case sized:
		length, size := binary.Uvarint(b)
		if size <= 0 || length > uint64(len(b)-size) {
			return f, n, errCut
		}
		f.bytes = b[size : size+int(length)]
		return f, n + size + int(length), nil
	default:
		return f, n, fmt.Errorf("field %d has the unknown wire type %d", f.number, f.kind)
	}
}
