package torchfile

import (
	"compress/flate"
	"hash/crc32"
	"io"
	"sync/atomic"

	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

// record is where the bytes of a storage, or of a pickle, stand in the file.
type record struct {
	name     string
	offset   int64 // in the file
	stored   int64 // bytes in the file
	size     int64 // bytes that it is: as many, unless they are deflated
	deflated bool
	crc      uint32
	hasCRC   bool        // legacy files have none, and PyTorch writes 0 where it was told to compute none
	sound    atomic.Bool // the checksum was compared in the file, and is right
}

const (
	mostPickleDeflate  = 100 // no honest pickle is deflated so well
	leastPickleDeflate = 1 << 20
)

// small returns what a record of the archive holds that is read whole: a pickle or a word. It is nil when there is no such record.
func (a *archive) small(name string, most int64) ([]byte, error) {
	r, ok := a.records[name]
	if !ok {
		return nil, nil
	}
	if limit := min(most, max(leastPickleDeflate, mostPickleDeflate*r.stored)); r.size > limit {
		return nil, inEntry(a.top+name, broken(TooLarge, "%s bytes, at most %s are allowed", fault.Grouped(uint64(r.size)), fault.Grouped(uint64(limit))))
	}
	data, err := r.load(a.source)
	if err == nil {
		err = r.checkSum(data)
	}
	return data, inEntry(a.top+name, err)
}

// load reads all of a record. Memory grows only with the bytes that are really there.
func (r *record) load(source io.ReaderAt) ([]byte, error) {
	in := io.NewSectionReader(source, r.offset, r.stored)
	if !r.deflated {
		data := make([]byte, r.size)
		_, err := io.ReadFull(in, data)
		return data, err
	}
	inflater := flate.NewReader(in)
	defer func() { _ = inflater.Close() }() // it holds nothing
	data, err := io.ReadAll(io.LimitReader(inflater, r.size+1))
	switch {
	case err != nil:
		return nil, broken(BadArchive, "it cannot be inflated: %v", err)
	case int64(len(data)) != r.size:
		return nil, broken(BadArchive, "it does not inflate to the %s bytes that the directory says", fault.Grouped(uint64(r.size)))
	}
	return data, nil
}

// checkSum compares the checksum of all of a record.
func (r *record) checkSum(data []byte) error { return r.compare(crc32.ChecksumIEEE(data)) }

// check compares the checksum of all of a record that is not deflated, in the file and in little memory. Once it is right it is not computed again.
func (r *record) check(source *mapped.Source) error {
	if !r.hasCRC || r.sound.Load() {
		return nil
	}
	sum, err := source.CRC32(r.offset, r.stored)
	if err != nil {
		return err
	}
	err = r.compare(sum)
	r.sound.Store(err == nil)
	return err
}

func (r *record) compare(sum uint32) error {
	if r.hasCRC && sum != r.crc {
		return broken(BadChecksum, "the data was changed after it was written: its checksum is %08x, not %08x", sum, r.crc)
	}
	return nil
}
