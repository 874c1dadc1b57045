package reading

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// Records at the end of a zip, by APPNOTE.TXT 4.3: what they begin with, and their lengths without comments.
const (
	zipEnd       = "PK\x05\x06" // 4.3.16
	zip64End     = "PK\x06\x06" // 4.3.14
	zip64Locator = "PK\x06\x07" // 4.3.15

	zipEndLength       = 22
	zip64EndLength     = 56
	zip64LocatorLength = 20
	longestComment     = math.MaxUint16
)

var errAmbiguous = errors.New("the records at the zip's end contradict each other or where they stand: readers differ in what they see")

// directory is what a record at the end of a zip says of the directory.
type directory struct{ entries, length, offset uint64 }

// Zip opens a zip whose directory is the same for every reader, with whatever names. archive/zip follows a zip64 locator where a
// field of the end says so, PyTorch and Python wherever one stands; Python goes back from the end by the directory's length, PyTorch
// to its offset. So all these must lead to one place.
func Zip(source io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(source, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are no paths here
		return nil, err
	}
	if err := unambiguous(source, size); err != nil {
		return nil, err
	}
	return z, nil
}

// unambiguous checks the records at the end of what archive/zip takes for a zip: one after the other, right after the directory.
func unambiguous(source io.ReaderAt, size int64) error {
	tail, err := bytesAt(source, max(0, size-zipEndLength-longestComment), size)
	if err != nil {
		return err
	}
	at := bytes.LastIndex(tail[:len(tail)-zipEndLength+len(zipEnd)], []byte(zipEnd))
	if at < 0 {
		return errAmbiguous
	}
	le := binary.LittleEndian
	said := directory{uint64(le.Uint16(tail[at+10:])), uint64(le.Uint32(tail[at+12:])), uint64(le.Uint32(tail[at+16:]))}
	end := size - int64(len(tail)-at)
	before, err := bytesAt(source, max(0, end-zip64EndLength-zip64LocatorLength), end)
	if err != nil {
		return err
	}
	if locator := before[max(0, len(before)-zip64LocatorLength):]; bytes.HasPrefix(locator, []byte(zip64Locator)) {
		end -= int64(len(before))
		if len(before) < zip64EndLength+zip64LocatorLength || !bytes.HasPrefix(before, []byte(zip64End)) ||
			le.Uint32(locator[4:]) != 0 || le.Uint64(locator[8:]) != uint64(end) || le.Uint32(locator[16:]) != 1 {
			return errAmbiguous
		}
		wide := directory{le.Uint64(before[32:]), le.Uint64(before[40:]), le.Uint64(before[48:])}
		if said != wide && !said.leaves(wide) {
			return errAmbiguous
		}
		said = wide
	}
	if said.offset > uint64(end) || said.length != uint64(end)-said.offset {
		return errAmbiguous
	}
	return nil
}

// leaves tells whether a directory leaves to the wide one what does not fit into its fields, in a way that archive/zip sees, and
// agrees with it in the others.
func (d directory) leaves(wide directory) bool {
	fits := func(short, most, long uint64) bool { return short == most || short == long }
	return (d.entries == math.MaxUint16 || d.offset == math.MaxUint32) && fits(d.entries, math.MaxUint16, wide.entries) &&
		fits(d.length, math.MaxUint32, wide.length) && fits(d.offset, math.MaxUint32, wide.offset)
}

// bytesAt reads a few bytes, from one up to another.
func bytesAt(source io.ReaderAt, from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	if n, err := source.ReadAt(b, from); n < len(b) {
		return nil, err
	}
	return b, nil
}
