package npz

import (
	"archive/zip"
	"cmp"
	"compress/flate"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// suffix is what the entries of a .npz end in.
const suffix = ".npy"

// lone is the name of the array of a .npy.
const lone = "arr_0"

// mostDeflated is how many bytes deflating makes of one at most, by the format (RFC 1951: 258 of two bits).
const mostDeflated = 1032

// encrypted is the bit of a zip entry's flags.
const encrypted = 1

// readArray reads the header of a file that is one array.
func readArray(source *mapped.Source) ([]entry, error) {
	h, err := readHeader(io.NewSectionReader(source, 0, source.Size()), source.Size())
	if err != nil {
		return nil, err
	}
	return []entry{{header: h, name: lone, offset: h.size, source: source}}, nil
}

// readArchive reads the directory of a zip and the header of each of its arrays.
func readArchive(source *mapped.Source) ([]entry, error) {
	z, err := reading.Zip(source, source.Size())
	switch {
	case errors.Is(err, zip.ErrFormat):
		return nil, broken(BadArchive, "", "a zip has a list of its entries at the end, which is missing or damaged: the file was cut short or changed; get it again")
	case err != nil:
		return nil, broken(BadArchive, "", "%v", err)
	}
	entries := make([]entry, len(z.File))
	names := make(map[string]bool, len(z.File))
	for i, file := range z.File {
		name, ok := strings.CutSuffix(file.Name, suffix)
		switch {
		case !ok:
			return nil, broken(BadArchive, "", "entry %.100q is no array: names of arrays end in %s", file.Name, suffix)
		case names[name]:
			return nil, broken(DuplicateName, name, "two entries have this name")
		}
		names[name] = true
		if entries[i], err = newEntry(source, name, file); err != nil {
			return nil, about(name, err)
		}
	}
	if err := apart(entries); err != nil { // before headers are read: a few bytes could be those of many entries
		return nil, err
	}
	return entries, readHeaders(entries, source.Size()+mostHeader)
}

// readHeaders reads the headers of arrays, which may have so many bytes together: deflated, each could be a thousand times as long as what is there.
func readHeaders(entries []entry, most int64) error {
	for i := range entries {
		e := &entries[i]
		if err := e.readHeader(); err != nil {
			return about(e.name, err)
		}
		if most -= e.header.size; most < 0 {
			return broken(BadArchive, e.name, "the headers of the arrays up to it are longer than the file")
		}
	}
	return nil
}

// newEntry checks an entry of a zip against itself, but for the array.
func newEntry(source *mapped.Source, name string, file *zip.File) (entry, error) {
	packed, size := file.CompressedSize64, file.UncompressedSize64
	switch {
	case file.Flags&encrypted != 0:
		return entry{}, broken(Unsupported, "", "it is encrypted")
	case file.Method != zip.Store && file.Method != zip.Deflate:
		return entry{}, broken(Unsupported, "", "zip method %d: np.savez stores and np.savez_compressed deflates", file.Method)
	case packed > uint64(source.Size()):
		return entry{}, broken(BadArchive, "", "%d bytes in a file of %d: truncated?", packed, source.Size())
	case file.Method == zip.Store && packed != size:
		return entry{}, broken(BadArchive, "", "it is stored, but has %d bytes in the file and %d outside", packed, size)
	case size > packed*mostDeflated+mostDeflated:
		return entry{}, broken(BadArchive, "", "%d bytes cannot be deflated into %d", size, packed)
	}
	begin, err := file.DataOffset()
	if err != nil {
		return entry{}, broken(BadArchive, "", "%v", err)
	}
	if begin < 0 || begin > source.Size()-int64(packed) {
		return entry{}, broken(BadArchive, "", "it ends beyond the file: truncated?")
	}
	return entry{name: name, begin: begin, end: begin + int64(packed), file: file, source: source}, nil
}

// readHeader reads the header of the array.
func (e *entry) readHeader() error {
	r, err := e.file.Open()
	if err != nil {
		return broken(BadArchive, "", "%v", err)
	}
	defer func() { _ = r.Close() }() // nothing was written
	if e.header, err = readHeader(r, int64(e.file.UncompressedSize64)); err != nil {
		return unpacked(err)
	}
	e.offset = e.begin + e.header.size
	return nil
}

// unpacked makes a FormatError of what the zip's own reader says, and leaves errors of the disk.
func unpacked(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return broken(BadChecksum, "", "the data is damaged")
	case errors.Is(err, mapped.ErrCutShort):
		return err
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return broken(BadArchive, "", "%v", err)
	}
	return err
}

// apart refuses entries that share bytes of the file.
func apart(entries []entry) error {
	order := make([]*entry, len(entries))
	for i := range entries {
		order[i] = &entries[i]
	}
	slices.SortFunc(order, func(a, b *entry) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	for i := 1; i < len(order); i++ {
		if order[i].begin < order[i-1].end {
			return broken(BadArchive, order[i].name, "it shares bytes of the file with %.100q", order[i-1].name)
		}
	}
	return nil
}
