package torchfile

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/serialize/fault"
)

// zipFile reads what torch.save has written since PyTorch 1.6: data.pkl, and data/KEY for each storage.
type zipFile struct {
	*archive
	storages  map[string]*storage
	bigEndian bool
}

const (
	pickleName    = "data.pkl"
	storageFolder = "data/"
	versionName   = "version"
	orderName     = "byteorder"
	newestVersion = 10 // kMaxSupportedFileFormatVersion in caffe2/serialize/versions.h
	shortRecord   = 64 // bytes of a record that is a word or a number
)

// readZip reads the object that the archive holds.
func readZip(a *archive) (root any, bigEndian bool, err error) {
	if err := a.checkNames(); err != nil {
		return nil, false, err
	}
	z := &zipFile{archive: a, storages: map[string]*storage{}}
	if err := z.readWords(); err != nil {
		return nil, false, err
	}
	pickle, err := a.small(pickleName, mostPickle)
	if err != nil {
		return nil, false, err
	}
	root, err = unpickle(string(pickle), z.storage)
	return root, z.bigEndian, inEntry(a.top+pickleName, err)
}

// checkNames refuses other archives that begin alike.
func (a *archive) checkNames() error {
	if a.records["constants.pkl"] != nil {
		return broken(Unsupported, "a TorchScript archive, which holds a program: in Python, torch.save(torch.jit.load(...).state_dict(), ...)")
	}
	if a.records[pickleName] == nil {
		return broken(NotTorch, "a zip without the entry %.100q, which torch.save writes", a.top+pickleName)
	}
	for _, r := range a.order {
		if r.name != pickleName && strings.HasSuffix(r.name, pickleName) {
			return inEntry(a.top+r.name, broken(BadArchive, "a second %s", pickleName))
		}
	}
	return nil
}

// readWords reads the version and the byte order.
func (z *zipFile) readWords() error {
	version, err := z.small(versionName, shortRecord)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(string(bytes.TrimSpace(version))); err != nil || n < 1 || n > newestVersion {
		return inEntry(z.top+versionName, broken(Unsupported, "the file format has version %q, 1 to %d are known", version, newestVersion))
	}
	order, err := z.small(orderName, shortRecord)
	if err != nil {
		return err
	}
	switch string(order) {
	case "", "little":
	case "big":
		z.bigEndian = true
	default:
		return inEntry(z.top+orderName, broken(BadArchive, "the byte order is %q, not little or big", order))
	}
	return nil
}

// storage gives the storage that a persistent id names. Its record must have exactly the bytes that are claimed.
func (z *zipFile) storage(id *tuple) (any, error) {
	s, err := parseStorageID(id, 5)
	if err != nil {
		return nil, err
	}
	if known := z.storages[s.key]; known != nil && (known.element == s.class.element || s.count > 0) {
		return known, agrees(known, s)
	}
	r := z.records[storageFolder+s.key]
	switch {
	case r == nil:
		return nil, broken(BadTensor, "storage %q has no entry %.100q in the zip", s.key, z.top+storageFolder+s.key)
	case r.size != s.bytes:
		return nil, broken(BadTensor, "storage %q is said to have %s bytes, its entry has %s", s.key, fault.Grouped(uint64(s.bytes)), fault.Grouped(uint64(r.size)))
	}
	z.storages[s.key] = &storage{key: s.key, element: s.class.element, location: s.location, bytes: s.bytes, record: r}
	return z.storages[s.key], nil
}

// agrees refuses a storage that is mentioned again as something else.
func agrees(known *storage, again storageID) error {
	if known.element != again.class.element || known.bytes != again.bytes {
		return broken(BadTensor, "storage %q is %s of %s bytes in one place and %s of %s bytes in another", known.key,
			known.element.name, fault.Grouped(uint64(known.bytes)), again.class.element.name, fault.Grouped(uint64(again.bytes)))
	}
	return nil
}
