package gguf

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/fault"
)

// Limits on tensors, of ggml.h.
const (
	mostDims    = 4
	longestName = 63 // bytes: GGML_MAX_NAME without its zero
)

// readTensors reads the descriptions of n tensors.
func (h *header) readTensors(s *scanner, n int) error {
	h.entries = make([]entry, 0, min(n, mostAhead))
	h.index = make(map[string]int, min(n, mostAhead))
	for range n {
		pos := s.pos
		name, err := s.text("a tensor's name")
		if err != nil {
			return err
		}
		if err := checkName(name); err != nil {
			return at(pos, err)
		}
		if _, twice := h.index[name]; twice {
			return at(pos, brokenTensor(DuplicateName, name, "two tensors have this name"))
		}
		e, err := s.tensor(name)
		if err != nil {
			return about("", name, err)
		}
		e.swap = s.order == binary.BigEndian
		h.index[name] = len(h.entries)
		h.entries = append(h.entries, e)
	}
	return nil
}

// checkName refuses names that ggml does not take for what they are.
func checkName(name string) error {
	switch {
	case len(name) > longestName:
		return brokenTensor(InvalidName, name, "the name has %s bytes, at most %d are allowed", fault.Grouped(uint64(len(name))), longestName)
	case !utf8.ValidString(name):
		return brokenTensor(InvalidName, name, "the name is not UTF-8")
	case strings.ContainsRune(name, 0):
		return brokenTensor(InvalidName, name, "the name holds a zero, where ggml takes it to end")
	}
	return nil
}

// tensor reads what follows a tensor's name: shape, type and offset.
func (s *scanner) tensor(name string) (entry, error) {
	pos := s.pos
	n, err := s.u32("the number of dimensions")
	if err != nil {
		return entry{}, err
	}
	if n > mostDims {
		return entry{}, s.fail(BadTensor, pos, "%d dimensions, at most %d are possible", n, mostDims)
	}
	shape := make([]int, n)
	for i := range shape {
		if shape[len(shape)-1-i], err = s.dimension(); err != nil { // the file has the fastest first
			return entry{}, err
		}
	}
	typePos := s.pos
	number, err := s.u32("a type")
	if err != nil {
		return entry{}, err
	}
	t := ggml.Type(number)
	if !t.Known() {
		return entry{}, s.fail(BadTensor, typePos, "type %d is none that ggml has", number)
	}
	size, err := byteSize(t, shape)
	if err != nil {
		return entry{}, s.fail(BadTensor, pos, "%v", err)
	}
	e := entry{Info: dtype.Info{Name: name, DType: t.DType(), Type: t.String(), Shape: shape, Bytes: size}, kind: t, source: s.source, described: s.pos}
	offset, err := s.u64("an offset")
	if offset > math.MaxInt64 {
		return entry{}, s.fail(BadOffset, e.described, "%s lies beyond any file", fault.Grouped(offset))
	}
	e.offset = int64(offset)
	return e, err
}

// byteSize returns the bytes of a tensor, whose rows must be whole blocks. A dimension that is zero does not excuse others that are impossible.
func byteSize(t ggml.Type, shape []int) (int64, error) {
	if len(shape) > mostDims {
		return 0, broken(BadTensor, "%d dimensions, at most %d are possible: reshape it", len(shape), mostDims)
	}
	count, empty := uint64(1), false
	for _, n := range shape {
		if n < 0 {
			return 0, broken(BadTensor, "a dimension of shape %v is negative", shape)
		}
		if n == 0 {
			empty = true
			continue
		}
		high, low := bits.Mul64(count, uint64(n))
		if high != 0 || low > math.MaxInt64 {
			return 0, broken(BadTensor, "shape %v has too many elements to be counted", shape)
		}
		count = low
	}
	row := 1
	if len(shape) > 0 {
		row = shape[len(shape)-1]
	}
	if _, err := t.Size(int64(row)); err != nil {
		return 0, broken(BadTensor, "its rows: %v", err)
	}
	size, err := t.Size(int64(count))
	if err != nil && !empty {
		return 0, broken(BadTensor, "%v", err)
	}
	if empty {
		return 0, nil
	}
	return size, nil
}

// padded returns the next multiple of the alignment, a power of two. ok is false when no int64 holds it.
func padded(n, alignment int64) (multiple int64, ok bool) {
	if n > math.MaxInt64-alignment+1 {
		return 0, false
	}
	return (n + alignment - 1) &^ (alignment - 1), true
}

// locate checks that the tensors follow one another, as ggml wants them to, within the file, and sets where each begins.
func (h *header) locate(s *scanner) error {
	h.headerEnd = s.pos
	if len(h.entries) == 0 {
		return nil
	}
	begin, ok := padded(s.pos, h.alignment)
	if !ok || begin > s.source.Size() {
		return s.fail(Truncated, s.pos, "the data begins at the next multiple of %d, but the file ends at %s: truncated download?",
			h.alignment, fault.Grouped(uint64(s.source.Size())))
	}
	size := s.source.Size() - begin
	next := int64(0) // from the beginning of the data
	for i := range h.entries {
		e := &h.entries[i]
		if e.offset != next {
			return about("", e.Name, s.fail(BadOffset, e.described, "%s", misplaced(e.offset, next, h.alignment)))
		}
		if e.Bytes > size-next { // the padding of the last one may be missing, as ggml has it
			return about("", e.Name, s.fail(Truncated, e.described, "truncated download? its data ends at byte %s, the file at %s",
				fault.Grouped(uint64(begin)+uint64(next)+uint64(e.Bytes)), fault.Grouped(uint64(s.source.Size()))))
		}
		e.offset += begin
		if next, ok = padded(next+e.Bytes, h.alignment); !ok {
			return about("", e.Name, s.fail(BadOffset, e.described, "what follows it lies beyond any file"))
		}
	}
	return nil
}

// misplaced says what is wrong with an offset.
func misplaced(offset, want, alignment int64) string {
	switch {
	case offset%alignment != 0:
		return "offset " + fault.Grouped(uint64(offset)) + " is no multiple of the alignment, " + fault.Grouped(uint64(alignment))
	case offset < want:
		return "offset " + fault.Grouped(uint64(offset)) + " lies within the tensor before, which ends at " + fault.Grouped(uint64(want))
	}
	return "offset " + fault.Grouped(uint64(offset)) + " leaves a gap after the tensor before, which ends at " + fault.Grouped(uint64(want))
}
