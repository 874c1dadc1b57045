package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

const (
	maxHeader    = 100_000_000 // bytes, for readers and writers
	lengthSize   = 8           // bytes of the header's length
	metadataName = "__metadata__"
)

// entry is a tensor as the header describes it. begin and end count from the end of the header.
type entry struct {
	dtype.Info
	begin, end uint64
	tooLarge   uint64 // a dimension that no int holds, or 0
	place      int    // among the tensors of the header
	source     *mapped.Source
	offset     int64 // in the source
}

// header is what the JSON text says.
type header struct {
	entries  []entry
	metadata map[string]string // nil: there is none
	keys     []string          // of the metadata, in the header's order
	length   int64             // of the text, in bytes
}

// parseHeader reads the JSON text and checks it alone, not yet against the file: steps 4 and 5 of the reference implementation.
func parseHeader(text []byte) (header, error) {
	var h header
	if !utf8.Valid(text) {
		return h, broken(InvalidHeader, "", "byte %d does not begin a character", validPrefix(text))
	}
	if bytes.HasPrefix(text, []byte("\uFEFF")) {
		return h, broken(InvalidHeaderDeserialization, "", "it begins with a byte order mark: write plain UTF-8")
	}
	s := &scanner{text: text}
	hasMetadata := false
	err := s.object(func(key string) error {
		if key != metadataName {
			e, err := s.entry(key)
			e.place = len(h.entries)
			h.entries = append(h.entries, e)
			return err
		}
		if hasMetadata {
			return broken(DuplicateName, "", "%q comes twice", key)
		}
		hasMetadata = true
		var err error
		h.metadata, h.keys, err = s.metadata()
		return err
	})
	if err != nil {
		return h, err
	}
	switch c := s.next(); {
	case s.pos == len(text):
		return h, nil
	case c == 0:
		return h, s.fail("the header is padded with NUL bytes: pad it with spaces")
	default:
		return h, s.fail("trailing characters: found %s after the header", s.found())
	}
}

// validPrefix returns the number of bytes before the first invalid UTF-8.
func validPrefix(text []byte) int {
	pos := 0
	for pos < len(text) {
		r, size := utf8.DecodeRune(text[pos:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		pos += size
	}
	return pos
}

// metadata reads the value of __metadata__: an object of strings, or null. It returns the keys in their order, too.
func (s *scanner) metadata() (metadata map[string]string, keys []string, err error) {
	if s.word("null") {
		return nil, nil, nil
	}
	metadata = map[string]string{}
	err = s.object(func(key string) error {
		if _, twice := metadata[key]; twice {
			return broken(DuplicateName, "", "metadata key %.100q comes twice", key)
		}
		if s.next() != '"' {
			return s.fail("metadata %.100q: expected a string, found %s", key, s.found())
		}
		value, err := s.string()
		metadata[key] = value
		keys = append(keys, key)
		return err
	})
	return metadata, keys, err
}

// entry reads the description of a tensor. Fields that the format does not know are skipped, as the reference implementation does.
func (s *scanner) entry(name string) (entry, error) {
	e := entry{Info: dtype.Info{Name: name, Shape: []int{}}}
	if s.next() != '{' {
		return e, named(name, s.fail("expected an object, found %s", s.found()))
	}
	const fieldDepth = 3 // of the values in the object in the object
	seen := map[string]bool{}
	err := s.object(func(field string) error {
		if seen[field] {
			return broken(DuplicateName, "", "field %.100q comes twice", field)
		}
		seen[field] = true
		switch field {
		case "dtype":
			return s.dtype(&e)
		case "shape":
			return s.shape(&e)
		case "data_offsets":
			return s.offsets(&e)
		}
		return s.skip(fieldDepth)
	})
	if err != nil {
		return e, named(name, err)
	}
	for _, field := range []string{"dtype", "shape", "data_offsets"} {
		if !seen[field] {
			return e, named(name, s.fail("field %q is missing", field))
		}
	}
	return e, nil
}

// named says which tensor a FormatError is about.
func named(name string, err error) error {
	return fault.Amend(err, func(e *FormatError) { e.Tensor = name })
}

// dtype reads the spelling of a dtype. The specification grows, so one that is not known is no mistake.
func (s *scanner) dtype(e *entry) (err error) {
	if e.Type, err = s.string(); err != nil {
		return err
	}
	if e.Type == "" {
		return s.fail("the dtype is empty")
	}
	known, err := dtype.Parse(e.Type)
	if err == nil && known.String() == e.Type { // Parse takes lower case too, which the format does not
		e.DType, e.Type = known, known.String()
	}
	return nil
}

func (s *scanner) shape(e *entry) error {
	return s.array(func() error {
		n, err := s.unsigned()
		if n > math.MaxInt {
			e.tooLarge, n = n, 0
		}
		e.Shape = append(e.Shape, int(n))
		return err
	})
}

func (s *scanner) offsets(e *entry) error {
	var offsets []uint64
	err := s.array(func() error {
		n, err := s.unsigned()
		if err == nil && len(offsets) == 2 {
			return s.fail("data_offsets has more than two numbers")
		}
		offsets = append(offsets, n)
		return err
	})
	if err == nil && len(offsets) < 2 {
		err = s.fail("data_offsets has %d numbers, expected two", len(offsets))
	}
	if err != nil {
		return err
	}
	e.begin, e.end = offsets[0], offsets[1]
	return nil
}

// arrange sorts the tensors into the order of their data, and checks that they cover it: steps 6 to 9 of the reference implementation. It returns where
// each name is, and the length of the data.
func (h *header) arrange() (index map[string]int, length uint64, err error) {
	slices.SortStableFunc(h.entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	index = make(map[string]int, len(h.entries))
	for i, e := range h.entries {
		if _, twice := index[e.Name]; twice {
			return nil, 0, broken(DuplicateName, e.Name, "the name comes twice")
		}
		index[e.Name] = i
	}
	for i := range h.entries {
		if length, err = h.entries[i].follow(length); err != nil {
			return nil, 0, err
		}
	}
	return index, length, nil
}

// follow checks a tensor whose data must begin at that byte, sets its size and returns where its data ends.
func (e *entry) follow(begin uint64) (end uint64, err error) {
	switch {
	case e.end < e.begin:
		return 0, broken(InvalidOffset, e.Name, "its data would end at byte %d, before it begins at %d", e.end, e.begin)
	case e.begin > begin:
		return 0, broken(InvalidOffset, e.Name, "begins at byte %d, expected %d: a gap", e.begin, begin)
	case e.begin < begin:
		return 0, broken(InvalidOffset, e.Name, "begins at byte %d, expected %d: it overlaps the tensor before it", e.begin, begin)
	case e.tooLarge > 0:
		return 0, broken(ValidationOverflow, e.Name, "dimension %d is too large", e.tooLarge)
	}
	size, err := e.size()
	switch {
	case errors.Is(err, dtype.ErrPartialByte):
		return 0, broken(MisalignedSlice, e.Name, "%.100q of shape %s: %v", e.Type, brief(e.Shape), err)
	case err != nil:
		return 0, broken(ValidationOverflow, e.Name, "%.100q of shape %s: %v", e.Type, brief(e.Shape), err)
	case e.end-e.begin != uint64(size):
		return 0, broken(TensorInvalidInfo, e.Name, "%v of shape %s takes %s bytes, data_offsets [%d,%d] give it %s",
			e.DType, brief(e.Shape), fault.Grouped(uint64(size)), e.begin, e.end, fault.Grouped(e.end-e.begin))
	case e.end > math.MaxInt64-lengthSize-maxHeader:
		return 0, broken(InvalidOffset, e.Name, "its data would end at byte %d, beyond the end of any file", e.end)
	}
	e.Bytes = size
	return e.end, nil
}

// size returns the bytes that shape and dtype need. Of a dtype that is not known it is what the header says, for any shape whose elements can be counted.
func (e *entry) size() (int64, error) {
	if e.DType != 0 {
		return dtype.ByteSize(e.DType, e.Shape)
	}
	_, err := dtype.ByteSize(dtype.U8, e.Shape)
	return int64(e.end - e.begin), err
}
