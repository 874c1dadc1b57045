package ggml

import (
	"fmt"
	"runtime/debug"

	"github.com/heft-ml/heft/internal/parallel"
)

// codec converts whole blocks. values and data: the elements and the bytes of one block, or for plain types of any number of elements.
type codec struct {
	decode func(values []float32, data []byte)
	encode func(data []byte, values []float32) // nil: read only
}

// codecs is indexed by Type. Types without are known by name and size only.
var codecs = [len(layouts)]codec{
	F32:    {decodeF32, encodeF32},
	F16:    {decodeF16, encodeF16},
	BF16:   {decodeBF16, encodeBF16},
	Q4_0:   {decodeQ4_0, encodeQ4_0},
	Q4_1:   {decodeQ4_1, encodeQ4_1},
	Q5_0:   {decodeQ5_0, encodeQ5_0},
	Q5_1:   {decodeQ5_1, encodeQ5_1},
	Q8_0:   {decodeQ8_0, encodeQ8_0},
	Q2_K:   {decodeQ2_K, encodeQ2_K},
	Q3_K:   {decodeQ3_K, encodeQ3_K},
	Q4_K:   {decodeQ4_K, encodeQ4_K},
	Q5_K:   {decodeQ5_K, encodeQ5_K},
	Q6_K:   {decodeQ6_K, encodeQ6_K},
	Q8_K:   {decodeQ8_K, nil},
	IQ4_NL: {decodeIQ4_NL, nil},
	IQ4_XS: {decodeIQ4_XS, nil},
	MXFP4:  {decodeMXFP4, nil},
}

// CanDecode tells whether [Decode] reads t. The plain types that it does not read, F64 and the integers, are package dtype's: see [Type.DType].
func (t Type) CanDecode() bool { return t.Known() && codecs[t].decode != nil }

// CanEncode tells whether [Encode] writes t.
func (t Type) CanEncode() bool { return t.Known() && codecs[t].encode != nil }

// Decode makes float32 of data in format t, each value exactly as ggml does.
// dst: the elements of whole blocks; src: their bytes. The error is an [UnknownError], an [UnsupportedError] or a [SizeError], and then dst is as it was.
func Decode(dst []float32, t Type, src []byte) error {
	if err := check(t, t.CanDecode(), "read", len(dst), len(src)); err != nil {
		return err
	}
	decode := codecs[t].decode
	eachRun(t, decodeWorth, len(dst), func(elements, bytes span) {
		decode(dst[elements.from:elements.to], src[bytes.from:bytes.to])
	})
	return nil
}

// Encode writes values in format t, the same bytes as ggml's reference quantizer. Values too large for F16, and scales too large for the half they are
// kept as, become infinities; what becomes of NaN and infinities, the package's introduction says.
// dst: the bytes of whole blocks; src: their elements. The error is an [UnknownError], an [UnsupportedError] or a [SizeError], and then dst is as it was.
func Encode(dst []byte, t Type, src []float32) error {
	if err := check(t, t.CanEncode(), "written", len(src), len(dst)); err != nil {
		return err
	}
	encode := codecs[t].encode
	eachRun(t, encodeWorth, len(src), func(elements, bytes span) {
		encode(dst[bytes.from:bytes.to], src[elements.from:elements.to])
	})
	return nil
}

// How many elements are worth a goroutine: 5 to 10 us of work.
const (
	decodeWorth = 16384
	encodeWorth = 2048
)

// span is [from, to).
type span struct{ from, to int }

// eachRun calls f for every block of n elements, or for runs of elements where there are no blocks, on several processors when n is worth it.
func eachRun(t Type, worth, n int, f func(elements, bytes span)) {
	l := t.layout()
	parallel.For(n/l.elements, worth/l.elements, func(lo, hi int) {
		// The bytes may be of a mapped file that somebody cuts short: whoever guards the caller against it gets the helpers' panics too.
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		step := 1
		if l.elements == 1 {
			step = hi - lo
		}
		for i := lo; i < hi; i += step {
			f(span{i * l.elements, (i + step) * l.elements}, span{i * l.bytes, (i + step) * l.bytes})
		}
	})
}

// check returns what is wrong with a conversion, if anything.
func check(t Type, can bool, verb string, elements, bytes int) error {
	switch {
	case !t.Known():
		return &UnknownError{Name: t.String()}
	case !can:
		return &UnsupportedError{Type: t, Verb: verb}
	}
	if size, err := t.Size(int64(elements)); err != nil || size != int64(bytes) {
		return &SizeError{Type: t, Elements: elements, Bytes: bytes}
	}
	return nil
}

// UnsupportedError says that values of a type are not converted, though its name and size are known.
type UnsupportedError struct {
	Type Type
	Verb string // "read" or "written"
}

// Error names the type and those that would do.
func (e *UnsupportedError) Error() string {
	can := Type.CanDecode
	if e.Verb == "written" {
		can = Type.CanEncode
	}
	return fmt.Sprintf("values of ggml type %v cannot be %s: use one of %s", e.Type, e.Verb, names(can))
}

// SizeError says that bytes and elements do not fit each other.
type SizeError struct {
	Type            Type
	Elements, Bytes int
}

// Error says what the type asks for.
func (e *SizeError) Error() string {
	return fmt.Sprintf("%d elements do not go with %d bytes of %v: a block has %d elements in %d bytes",
		e.Elements, e.Bytes, e.Type, e.Type.BlockSize(), e.Type.BlockBytes())
}
