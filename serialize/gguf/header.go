package gguf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/quant/ggml"
)

const magic = "GGUF"

// Limits on tensors, of ggml.h.
const (
	mostDims    = 4
	longestName = 63 // bytes: GGML_MAX_NAME without its zero
)

// The fewest bytes that a key with its value, and the description of a tensor, take.
const (
	leastKV     = lengthSize + 1 + typeSize + 1
	leastTensor = lengthSize + 4 + typeSize + 8
)

// header is what stands before the data of one file.
type header struct {
	version   uint32
	order     binary.ByteOrder
	metadata  Metadata
	alignment int64
	entries   []entry
	index     map[string]int // of entries
	headerEnd int64          // where the descriptions of tensors end
}

// readHeader reads and checks all of it, but the data.
func readHeader(source *mapped.Source) (*header, error) {
	s := newScanner(source)
	h := &header{}
	if err := h.readStart(s); err != nil {
		return nil, err
	}
	tensors, err := s.count("tensors", leastTensor)
	if err != nil {
		return nil, err
	}
	keys, err := s.count("metadata keys", leastKV)
	if err != nil {
		return nil, err
	}
	if err := h.readMetadata(s, keys); err != nil {
		return nil, err
	}
	if err := h.readTensors(s, tensors); err != nil {
		return nil, err
	}
	return h, h.locate(s)
}

// readStart reads magic and version, which tells the order of bytes.
func (h *header) readStart(s *scanner) error {
	start := make([]byte, min(s.source.Size(), 16))
	if n, err := s.source.ReadAt(start, 0); n < len(start) {
		return ioError("read header", s.source.Name(), err)
	}
	if !bytes.HasPrefix(start, []byte(magic)) {
		return otherFormat(start)
	}
	if _, err := s.peek(uint64(len(magic)), "the magic"); err != nil {
		return err
	}
	v, err := s.u32("the version")
	if err != nil {
		return err
	}
	if v&0xffff == 0 { // as ggml and gguf-py tell
		s.order, v = binary.BigEndian, bits.ReverseBytes32(v)
	}
	h.version, h.order = v, s.order
	switch {
	case v == 1:
		return s.fail(Unsupported, int64(len(magic)), "version 1, which llama.cpp does not read any more either: convert the model's original again")
	case v != 2 && v != 3:
		return s.fail(Unsupported, int64(len(magic)), "version %d: 2 and 3 are read", v)
	}
	return nil
}

// otherFormat says what a file is that does not begin as it should.
func otherFormat(start []byte) error {
	switch {
	case len(start) == 0:
		return broken(NotGGUF, "it is empty")
	case len(start) < len(magic):
		return broken(NotGGUF, "it has %d bytes", len(start))
	case slices.Contains([]string{"lmgg", "fmgg", "tjgg", "algg"}, string(start[:4])):
		return broken(NotGGUF, "it is of a format that llama.cpp had before GGUF: convert the model's original again")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return broken(NotGGUF, "a zip, as torch.save and numpy.savez write it")
	case len(start) > 8 && start[8] == '{':
		return broken(NotGGUF, "a safetensors file, as it seems")
	}
	return broken(NotGGUF, "it begins with %q, not with %q", start[:4], magic)
}

// readMetadata reads n keys and values.
func (h *header) readMetadata(s *scanner, n int) error {
	h.metadata = make(Metadata, 0, n)
	keys := make(map[string]bool, n)
	for range n {
		pos := s.pos
		key, err := s.text("a metadata key")
		if err != nil {
			return err
		}
		if err := checkKey(key); err != nil {
			return at(pos, err)
		}
		if keys[key] {
			return at(pos, brokenKey(DuplicateName, key, "the key comes twice"))
		}
		keys[key] = true
		t, err := s.valueType()
		if err != nil {
			return about(key, "", err)
		}
		value, err := s.value(t, 0)
		if err != nil {
			return about(key, "", err)
		}
		h.metadata = append(h.metadata, KV{key, value})
	}
	var err error
	h.alignment, err = h.metadata.alignment()
	return err
}

// at says which byte a FormatError is about.
func at(pos int64, err error) error {
	var format *FormatError
	if errors.As(err, &format) {
		format.Offset = pos
	}
	return err
}

// about says which key or tensor a FormatError is about.
func about(key, tensor string, err error) error {
	var format *FormatError
	if errors.As(err, &format) {
		format.Key, format.Tensor = key, tensor
	}
	return err
}

// readTensors reads the descriptions of n tensors.
func (h *header) readTensors(s *scanner, n int) error {
	h.entries = make([]entry, 0, n)
	h.index = make(map[string]int, n)
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
		return brokenTensor(InvalidName, name, "the name has %s bytes, at most %d are allowed", grouped(uint64(len(name))), longestName)
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
		return entry{}, s.fail(BadOffset, e.described, "%s lies beyond any file", grouped(offset))
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
			h.alignment, grouped(uint64(s.source.Size())))
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
				grouped(uint64(begin)+uint64(next)+uint64(e.Bytes)), grouped(uint64(s.source.Size()))))
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
		return "offset " + grouped(uint64(offset)) + " is no multiple of the alignment, " + grouped(uint64(alignment))
	case offset < want:
		return "offset " + grouped(uint64(offset)) + " lies within the tensor before, which ends at " + grouped(uint64(want))
	}
	return "offset " + grouped(uint64(offset)) + " leaves a gap after the tensor before, which ends at " + grouped(uint64(want))
}
