package gguf

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/heft-ml/heft/internal/mapped"
)

const magic = "GGUF"

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
		return err
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
	h.metadata = make(Metadata, 0, min(n, mostAhead))
	keys := make(map[string]bool, min(n, mostAhead))
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
