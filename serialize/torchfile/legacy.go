package torchfile

import (
	"encoding/binary"
	"errors"
	"io"
	"math/big"

	"github.com/heft-ml/heft/serialize/fault"
)

// legacy reads what PyTorch 0.1.10 to 1.5 wrote, and still writes with _use_new_zipfile_serialization=False: five pickles one after the other (a magic
// number, a version, the machine, the object, the keys of storages), then for each key the number of elements, 8 bytes, and the data. All is
// little-endian whatever the machine was (torch/csrc/serialization.cpp).
type legacy struct {
	source   io.ReaderAt
	size     int64
	pos      int64 // of what is read next
	storages map[string]*storage
	views    map[string]*storage
}

// legacyMagic is MAGIC_NUMBER of torch/serialization.py, and legacyVersion its PROTOCOL_VERSION.
var legacyMagic, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

const (
	legacyVersion = 1001
	firstWindow   = 1 << 16 // bytes that are read at first to find the end of a pickle
)

// pickle returns the text of the next pickle and moves behind it.
func (l *legacy) pickle(name string) (string, error) {
	for window := int64(firstWindow); ; window *= 4 {
		n := min(window, l.size-l.pos, mostPickle)
		data := make([]byte, n)
		if read, err := l.source.ReadAt(data, l.pos); int64(read) < n {
			return "", err
		}
		end, err := pickleEnd(string(data))
		switch {
		case err == nil:
			l.pos += int64(end)
			return string(data[:end]), nil
		case n == mostPickle:
			return "", inEntry(name, broken(TooLarge, "a pickle of more than %s bytes", fault.Grouped(mostPickle)))
		case n == l.size-l.pos || !errors.Is(err, Truncated):
			return "", inEntry(name, err)
		}
	}
}

// read reads the next pickle's value.
func (l *legacy) read(name string, persistent func(*tuple) (any, error)) (any, error) {
	text, err := l.pickle(name)
	if err != nil {
		return nil, err
	}
	v, err := unpickle(text, persistent)
	return v, inEntry(name, err)
}

// readLegacy reads the object of a file that begins with a pickle.
func readLegacy(source io.ReaderAt, size int64) (any, error) {
	l := &legacy{source: source, size: size, storages: map[string]*storage{}, views: map[string]*storage{}}
	magic, err := l.read("magic number", nil)
	if err != nil {
		return nil, err
	}
	if n, ok := magic.(*big.Int); !ok || n.Cmp(legacyMagic) != 0 {
		return nil, broken(NotTorch, "a pickle of a %s: PyTorch's begin with its magic number", typeName(magic))
	}
	version, err := l.read("version", nil)
	if err != nil {
		return nil, err
	}
	if version != int64(legacyVersion) {
		return nil, broken(Unsupported, "a legacy file of version %s, not %d", text(version), legacyVersion)
	}
	if _, err := l.read("machine", nil); err != nil {
		return nil, err
	}
	root, err := l.read("object", l.storage)
	if err != nil {
		return nil, err
	}
	keys, err := l.read("storage keys", nil)
	if err != nil {
		return nil, err
	}
	return root, l.place(keys)
}

// storage gives the storage that a persistent id names; its data is placed when all pickles are read.
func (l *legacy) storage(id *tuple) (any, error) {
	s, err := parseStorageID(id, 6)
	if err != nil {
		return nil, err
	}
	root := l.storages[s.key]
	switch {
	case root == nil:
		root = &storage{key: s.key, element: s.class.element, location: s.location, bytes: s.bytes, record: &record{name: s.key}}
		l.storages[s.key] = root
	case root.element != s.class.element && root.bytes == 0 && s.bytes == 0:
		root = &storage{key: s.key, element: s.class.element, location: s.location, record: root.record}
	default:
		if err := agrees(root, s); err != nil {
			return nil, err
		}
	}
	if id.items[5] == nil {
		return root, nil
	}
	return l.view(root, id.items[5])
}

// view gives a part of a storage: (key, offset, size), in elements.
func (l *legacy) view(root *storage, v any) (any, error) {
	fields, _ := v.(*tuple)
	if fields == nil || len(fields.items) != 3 {
		return nil, broken(BadPickle, "storage %q is viewed by %s", root.key, text(v))
	}
	key, ok1 := fields.items[0].(string)
	offset, ok2 := fields.items[1].(int64)
	count, ok3 := fields.items[2].(int64)
	have := root.bytes / int64(root.element.size)
	if !ok1 || !ok2 || !ok3 || len(key) > longestKeyOfStorage || offset < 0 || count < 0 || offset > have || count > have-offset {
		return nil, broken(BadTensor, "storage %q of %d elements is viewed by %s", root.key, have, text(v))
	}
	unit := int64(root.element.size)
	made := storage{key: root.key, element: root.element, location: root.location, bytes: count * unit, record: root.record, base: offset * unit}
	if known := l.views[key]; known != nil {
		if *known != made {
			return nil, broken(BadTensor, "the storage view %q is two different ones", key)
		}
		return known, nil
	}
	l.views[key] = &made
	return &made, nil
}

// place finds the data of the storages, which must be all that follows.
func (l *legacy) place(keys any) error {
	order, ok := keys.(*list)
	if !ok || len(order.items) != len(l.storages) {
		return broken(BadTensor, "the object has %d storages, the list of their keys is %s", len(l.storages), text(keys))
	}
	for _, item := range order.items {
		key, _ := item.(string)
		s := l.storages[key]
		if s == nil || s.record.offset > 0 {
			return broken(BadTensor, "the list of storages has the key %s, which the object does not have, or twice", text(item))
		}
		var count [8]byte
		switch n, err := l.source.ReadAt(count[:], l.pos); {
		case n == len(count):
		case errors.Is(err, io.EOF):
			return broken(Truncated, "truncated download? the file ends before storage %q", key)
		default:
			return err
		}
		l.pos += int64(len(count))
		if got, want := binary.LittleEndian.Uint64(count[:]), uint64(s.bytes)/uint64(s.element.size); got != want {
			return broken(BadTensor, "storage %q is said to have %s elements, where its data stands %s", key, fault.Grouped(want), fault.Grouped(got))
		}
		if s.bytes > l.size-l.pos {
			return broken(Truncated, "truncated download? storage %q has %s bytes, the file has %s more", key, fault.Grouped(uint64(s.bytes)), fault.Grouped(uint64(l.size-l.pos)))
		}
		s.record.offset, s.record.stored, s.record.size = l.pos, s.bytes, s.bytes
		l.pos += s.bytes
	}
	if left := l.size - l.pos; left > 0 {
		return broken(BadArchive, "%s bytes follow the last storage: something may be hidden there", fault.Grouped(uint64(left)))
	}
	return nil
}
