package torchfile

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/heft-ml/heft/serialize/fault"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// archive is the zip that torch.save writes: everything under one folder, stored and not compressed. It is checked so that every reader finds the
// same bytes under a name.
type archive struct {
	source  io.ReaderAt
	top     string // the folder, with its slash
	records map[string]*record
	order   []*record // as the directory lists them
}

const (
	localHeader    = 30 // bytes of a local header before its name
	localSignature = 0x04034b50

	flagDescriptor = 0x8
	flagsAllowed   = flagDescriptor | 0x6 | 0x800 // how well it is deflated, and that the name is UTF-8

	mostDeflate = 1032 // deflate makes no byte into more
)

// tapped tells where the last read began: archive/zip keeps to itself where a local header stands, but reads it when asked for the data's offset.
type tapped struct {
	io.ReaderAt
	at int64
}

// ReadAt reads as the reader below does.
func (t *tapped) ReadAt(p []byte, offset int64) (int, error) {
	t.at = offset
	return t.ReaderAt.ReadAt(p, offset)
}

// openArchive reads and checks the directory.
func openArchive(source io.ReaderAt, size int64) (*archive, error) {
	tap := &tapped{ReaderAt: source}
	z, err := reading.Zip(tap, size)
	switch {
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, broken(BadArchive, "the zip's directory at its end is missing or damaged: truncated download?")
	case err != nil:
		return nil, broken(BadArchive, "%v", err)
	}
	if len(z.File) == 0 {
		return nil, broken(BadArchive, "the zip has no entries")
	}
	folder, _, found := strings.Cut(z.File[0].Name, "/")
	if !found {
		return nil, broken(NotTorch, "a zip whose entry %.100q is in no folder: torch.save puts all into one", z.File[0].Name)
	}
	a := &archive{source: source, top: folder + "/", records: make(map[string]*record, len(z.File))}
	entries := make([]entry, len(z.File))
	for i, f := range z.File {
		if entries[i], err = a.entry(f, tap, size); err != nil {
			return nil, inEntry(f.Name, err)
		}
	}
	if err := separate(slices.Clone(entries)); err != nil {
		return nil, err
	}
	return a, a.list(entries)
}

// entry is a line of the directory, and where the header before its data stands.
type entry struct {
	*zip.File
	header int64
	record *record
}

// entry checks what the directory alone says.
func (a *archive) entry(f *zip.File, tap *tapped, size int64) (entry, error) {
	offset, err := f.DataOffset()
	if err != nil {
		return entry{}, broken(BadArchive, "its header is not where the directory says")
	}
	at := tap.at
	name, ok := strings.CutPrefix(f.Name, a.top)
	switch {
	case f.CompressedSize64 > uint64(size) || offset > size-int64(f.CompressedSize64):
		return entry{}, broken(Truncated, "its %s bytes go beyond the end of the file", fault.Grouped(f.CompressedSize64))
	case !ok:
		return entry{}, broken(BadArchive, "it is not in the folder %.100q, where the first entry is", a.top)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return entry{}, broken(BadArchive, "compression method %d", f.Method)
	case f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
		return entry{}, broken(BadArchive, "it is stored in %d bytes and said to have %d", f.CompressedSize64, f.UncompressedSize64)
	case f.UncompressedSize64/mostDeflate > f.CompressedSize64:
		return entry{}, broken(TooLarge, "%s bytes cannot be deflated to %s", fault.Grouped(f.UncompressedSize64), fault.Grouped(f.CompressedSize64))
	}
	return entry{f, at, &record{
		name: name, offset: offset, stored: int64(f.CompressedSize64), size: int64(f.UncompressedSize64), deflated: f.Method == zip.Deflate, crc: f.CRC32, hasCRC: f.CRC32 != 0,
	}}, nil
}

// separate checks that the first entry begins the file and that none overlaps another, since a few bytes could be many entries.
func separate(entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.header, b.header) })
	if first := entries[0].header; first != 0 {
		return broken(BadArchive, "%s bytes stand before the zip's first entry: readers differ in what they see", fault.Grouped(uint64(first)))
	}
	for i, e := range entries[1:] {
		if end := entries[i].record.offset + entries[i].record.stored; e.header < end {
			return inEntry(e.Name, broken(BadArchive, "it begins at byte %d of the file, where another entry goes on to %d", e.header, end))
		}
	}
	return nil
}

// list checks each entry's own header and that no name comes twice, and keeps the records.
func (a *archive) list(entries []entry) error {
	folded := make(map[string]bool, len(entries))
	for _, e := range entries {
		if err := a.checkLocal(e); err != nil {
			return inEntry(e.Name, err)
		}
		fold := strings.ToLower(e.Name) // PyTorch finds names whatever their case
		if folded[fold] {
			return inEntry(e.Name, broken(DuplicateName, "two entries of the zip have this name"))
		}
		folded[fold] = true
		if strings.HasSuffix(e.Name, "/") && e.record.size == 0 {
			continue // a folder, which other tools add
		}
		a.records[e.record.name] = e.record
		a.order = append(a.order, e.record)
	}
	return nil
}

// checkLocal compares the header before the data with the directory: some readers believe the one, some the other.
func (a *archive) checkLocal(e entry) error {
	header := make([]byte, e.record.offset-e.header)
	if n, err := a.source.ReadAt(header, e.header); n < len(header) {
		return err
	}
	le := binary.LittleEndian
	flags, nameEnd := le.Uint16(header[6:]), localHeader+int(le.Uint16(header[26:]))
	switch {
	case le.Uint32(header) != localSignature || nameEnd > len(header):
		return broken(BadArchive, "its header is not where the directory says")
	case (e.Flags|flags)&^flagsAllowed != 0:
		return broken(BadArchive, "its flags are %#x: it is encrypted, or pretends to be", e.Flags|flags)
	case string(header[localHeader:nameEnd]) != e.Name:
		return broken(BadArchive, "its own header calls it %.100q", header[localHeader:nameEnd])
	case le.Uint16(header[8:]) != e.Method:
		return broken(BadArchive, "its own header has compression method %d, the directory %d", le.Uint16(header[8:]), e.Method)
	case flags&flagDescriptor != 0: // sizes and checksum stand behind the data
		return nil
	case le.Uint32(header[14:]) != e.CRC32 || !sameSize(le.Uint32(header[18:]), e.CompressedSize64) || !sameSize(le.Uint32(header[22:]), e.UncompressedSize64):
		return broken(BadArchive, "its own header and the directory differ in its size or checksum")
	}
	return nil
}

// sameSize compares a size of 32 bits, all ones where it is too large for them.
func sameSize(short uint32, size uint64) bool { return short == 1<<32-1 || uint64(short) == size }
