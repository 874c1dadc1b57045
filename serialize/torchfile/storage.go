package torchfile

import (
	"math"
	"math/bits"

	"github.com/heft-ml/heft/serialize/fault"
)

// storage is a run of bytes that tensors view.
type storage struct {
	key      string // as the file names it
	element  *element
	location string // where it was: cpu, cuda:0
	bytes    int64
	record   *record
	base     int64 // where it begins in the record: not 0 for the views of legacy files
}

// storageID is the persistent id of a storage: ("storage", class, key, location, numel), and in legacy files what it is a view of.
type storageID struct {
	class    *global
	key      string
	location string
	count    int64 // elements
	bytes    int64
}

const longestKeyOfStorage = 256

// parseStorageID checks a persistent id of n fields.
func parseStorageID(id *tuple, n int) (storageID, error) {
	var s storageID
	if len(id.items) == 0 {
		return s, broken(BadPickle, "a persistent id is empty")
	}
	kind, _ := id.items[0].(string)
	switch {
	case kind == "module":
		return s, broken(ForbiddenGlobal, "the file holds a whole module with its source code, not a state dict: in Python, save model.state_dict()")
	case kind != "storage":
		return s, broken(BadPickle, "a persistent id is of %s, not of a storage", text(id.items[0]))
	case len(id.items) != n:
		return s, broken(BadPickle, "the persistent id of a storage has %d fields, not %d", len(id.items), n)
	}
	var ok [4]bool
	s.class, ok[0] = id.items[1].(*global)
	s.key, ok[1] = id.items[2].(string)
	s.location, ok[2] = id.items[3].(string)
	s.count, ok[3] = id.items[4].(int64)
	switch {
	case !ok[0] || s.class.role != storageClass:
		return s, broken(BadPickle, "a storage is of class %.100s", typeName(id.items[1]))
	case !ok[1] || s.key == "" || len(s.key) > longestKeyOfStorage:
		return s, broken(BadPickle, "a storage has the key %s", text(id.items[2]))
	case !ok[2]:
		return s, broken(BadPickle, "storage %q is at the location %s", s.key, text(id.items[3]))
	case !ok[3] || s.count < 0:
		return s, broken(BadTensor, "storage %q has %s elements", s.key, text(id.items[4]))
	}
	high, low := bits.Mul64(uint64(s.count), uint64(s.class.element.size))
	if high != 0 || low > math.MaxInt64 {
		return s, broken(BadTensor, "storage %q has %s elements, too many to count their bytes", s.key, fault.Grouped(uint64(s.count)))
	}
	s.bytes = int64(low)
	return s, nil
}

// whole is the tensor that a storage is by itself: one dimension.
func (s *storage) whole() *tensor {
	count := s.bytes / int64(s.element.size)
	return &tensor{storage: s, element: s.element, size: []int{int(count)}, strides: []int{1}, count: count, span: count}
}
