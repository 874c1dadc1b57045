package torchfile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"

	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

// Limits of a scan: entries of a zip can be the same bytes many times, and inflate.
const (
	mostScanned  = 256 << 20 // bytes of one entry
	scanPerByte  = 4         // bytes of all entries for each of the file
	leastScanned = 64 << 20
)

// scanZip looks at every entry, and is lax where other readers may be lax: flags and checksums are ignored.
func (r *Report) scanZip(source *mapped.Source) {
	z, err := zip.NewReader(source, source.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		r.problem("", "the zip cannot be opened: %v", err)
		return
	}
	left := max(leastScanned, scanPerByte*min(source.Size(), math.MaxInt64/scanPerByte))
	for _, f := range z.File {
		n, err := r.scanEntry(f, left)
		if err != nil {
			r.problem(f.Name, "it cannot be scanned: %v", err)
		}
		if left -= n; left <= 0 {
			r.problem(f.Name, "the entries before it are so large together that it and all others are not scanned")
			return
		}
	}
}

var (
	pickleByName  = regexp.MustCompile(`(?i)\.(pkl|pickle|pck|joblib|dill)$`)
	storageByName = regexp.MustCompile(`/data/[0-9]+$`)
	archives      = []string{"PK\x03\x04", "7z\xbc\xaf\x27\x1c", "\x1f\x8b", "BZh", "\xfd7zXZ", "Rar!"}
)

// firstBytes are enough to tell what an entry is.
const firstBytes = 4096

// scanEntry traces an entry that is called a pickle or is one; storages are neither. It returns how many bytes it had to look at.
func (r *Report) scanEntry(f *zip.File, left int64) (int64, error) {
	raw, err := f.OpenRaw()
	switch {
	case err != nil:
		return 0, err
	case f.Method == zip.Deflate:
		raw = flate.NewReader(raw)
	case f.Method != zip.Store:
		return 0, broken(BadArchive, "compression method %d", f.Method)
	}
	start, err := io.ReadAll(io.LimitReader(raw, firstBytes))
	if len(start) == 0 {
		return 0, err
	}
	storage, called := storageByName.MatchString(f.Name), pickleByName.MatchString(f.Name)
	if !storage && slices.ContainsFunc(archives, func(magic string) bool { return bytes.HasPrefix(start, []byte(magic)) }) {
		r.problem(f.Name, "an archive in the archive, which is not looked into")
	}
	header := 0
	if bytes.HasPrefix(start, []byte("\x93NUMPY")) && bytes.Contains(start, []byte("O'")) {
		r.problem(f.Name, "a NumPy array of objects, which is a pickle in disguise")
		called, header = true, 1+bytes.IndexByte(start, '\n')
	}
	if !called && !looksPickled(start, storage) {
		return int64(len(start)), nil
	}
	rest, err := io.ReadAll(io.LimitReader(raw, min(left, mostScanned)))
	if err == nil && int64(len(rest)) == min(left, mostScanned) {
		err = broken(TooLarge, "only its first %s bytes are", fault.Grouped(uint64(len(start)+len(rest))))
	}
	text := string(start) + string(rest)
	trial := Report{}
	trial.stream(f.Name, text[header:], int64(header))
	hidden := !called && len(trial.Globals) > 0
	if called || hidden {
		r.Globals = append(r.Globals, trial.Globals...)
		r.Problems = append(r.Problems, trial.Problems...)
	}
	if hidden {
		r.problem(f.Name, "it is a pickle, though its name does not say so")
	}
	return int64(len(text)), err
}

// looksPickled tells what may be a pickle by how it begins: of protocol 2 and later by PROTO, of 0 and 1, where numbers cannot be taken for it, by an
// instruction that such pickles begin with.
func looksPickled(start []byte, storage bool) bool {
	if start[0] == opProto {
		return len(start) > 1 && start[1] <= 5
	}
	return !storage && bytes.IndexByte([]byte("(cidl]})"), start[0]) >= 0
}
