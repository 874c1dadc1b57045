package gguf

import (
	"io"
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/fault"
)

// pieceElements is how many numbers become blocks at once: whole blocks of any type, and work enough for all processors.
const pieceElements = 1 << 17

// writeAs writes a tensor of a plain type to w in type to, a piece at a time. What cannot be converted is refused as [Save] does.
func writeAs(w io.Writer, s dtype.Stored, to ggml.Type) error {
	if to.DType() != 0 {
		return s.WriteAs(w, to.DType(), dtype.Refuse)
	}
	if !to.CanEncode() {
		return brokenTensor(Unsupported, s.Name, "%v", &ggml.UnsupportedError{Type: to, Verb: "written"})
	}
	if !s.DType.Castable() {
		return &dtype.CastError{Name: s.Name, From: s.DType, To: dtype.F32}
	}
	width := int64(s.DType.Bits() / 8)
	var values []float32
	for from := int64(0); from < s.Bytes; from += pieceElements * width {
		err := s.View(from, min(from+pieceElements*width, s.Bytes), func(data []byte) (err error) {
			t := dtype.Tensor{Name: s.Name, DType: s.DType, Shape: []int{len(data) / int(width)}, Data: data}
			values, err = t.Float32s(values[:0])
			return err
		})
		if err != nil {
			return err
		}
		blocks, err := encode(s, to, values, from/width)
		if err != nil {
			return err
		}
		if _, err := w.Write(blocks); err != nil {
			return err
		}
	}
	return nil
}

// encode makes blocks of numbers, of which the first is element number first of the tensor. Numbers that blocks have no code for are refused: ggml would
// silently make others of them.
func encode(s dtype.Stored, to ggml.Type, values []float32, first int64) ([]byte, error) {
	largest := float32(0)
	for i, x := range values {
		size := max(x, -x)
		if !(size <= math.MaxFloat32) {
			return nil, brokenTensor(NotFinite, s.Name, "element %s is %v, which %v cannot hold", fault.Grouped(uint64(first)+uint64(i)), x, to)
		}
		largest = max(largest, size)
	}
	size, err := to.Size(int64(len(values)))
	if err != nil {
		return nil, brokenTensor(BadTensor, s.Name, "%v", err)
	}
	blocks := make([]byte, size)
	if err := ggml.Encode(blocks, to, values); err != nil {
		return nil, brokenTensor(BadTensor, s.Name, "%v", err)
	}
	if largest < surelyFits {
		return blocks, nil
	}
	back := make([]float32, len(values))
	if err := ggml.Decode(back, to, blocks); err != nil {
		return nil, brokenTensor(BadTensor, s.Name, "%v", err)
	}
	if largest > fitsNowhere || slices.ContainsFunc(back, func(x float32) bool { return !(max(x, -x) <= math.MaxFloat32) }) {
		return nil, brokenTensor(NotFinite, s.Name, "numbers as %v are too large for %v, whose scales are halves: scale the tensor down, or choose F32", largest, to)
	}
	return blocks, nil
}

// A scale is a half, so it must not be larger than 65504.
const (
	surelyFits  = 16384   // no scale of any type is more than twice the largest number of its block
	fitsNowhere = 1 << 28 // the largest number of any type is Q6_K's, 65504 * 127 * 32. Above, Q3_K's and Q6_K's searches end in zeros
)
