package inspect

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
)

// Records of a zip, by APPNOTE.TXT 4.3: what they begin with, and their lengths without names, extra fields and comments.
const (
	zipEntry     = "PK\x03\x04" // 4.3.7
	zipListed    = "PK\x01\x02" // 4.3.12
	zipEnd       = "PK\x05\x06" // 4.3.16
	zip64End     = "PK\x06\x06" // 4.3.14
	zip64Locator = "PK\x06\x07" // 4.3.15
	zipFollowing = "PK\x07\x08" // 4.3.9: sizes that follow what they are of

	zipEntryLength     = 30
	zipListedLength    = 46
	zipEndLength       = 22
	zip64EndLength     = 56
	zip64LocatorLength = 20
	longestComment     = 1<<16 - 1
)

// stretch is the bytes of a file from one up to another, which is not in it.
type stretch struct{ from, to int64 }

var errZip = errors.New("the directory of the zip does not fit the file")

// zipReader reads the records of a zip; the first error stays.
type zipReader struct {
	f    io.ReaderAt
	size int64
	used []stretch // bytes that belong to a record or an entry
	err  error
}

// gapsOfZip returns the bytes of a zip that belong to no entry, no directory and no end, in their order.
func gapsOfZip(f io.ReaderAt, size int64) ([]stretch, error) {
	z := &zipReader{f: f, size: size}
	z.directory(z.end())
	if z.err != nil {
		return nil, z.err
	}
	slices.SortFunc(z.used, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var gaps []stretch
	var at int64
	for _, u := range z.used {
		if u.from > at {
			gaps = append(gaps, stretch{at, u.from})
		}
		at = max(at, u.to)
	}
	if at < size {
		gaps = append(gaps, stretch{at, size})
	}
	return gaps, nil
}

// read returns n bytes that begin as told, with zeros in place of what is not there.
func (z *zipReader) read(at, n int64, begin string) []byte {
	if z.err == nil && (at < 0 || n < 0 || at > z.size-n) {
		z.err = errZip
	}
	if z.err != nil {
		return make([]byte, zip64EndLength)
	}
	b := make([]byte, n)
	if read, err := z.f.ReadAt(b, at); int64(read) < n {
		z.err = err
	} else if !bytes.HasPrefix(b, []byte(begin)) {
		z.err = errZip
	}
	return b
}

// use says that bytes belong to something.
func (z *zipReader) use(from, n int64) { z.used = append(z.used, stretch{from, from + n}) }

// begins tells whether a record stands at a place.
func (z *zipReader) begins(at int64, begin string) bool {
	other := &zipReader{f: z.f, size: z.size}
	other.read(at, int64(len(begin)), begin)
	return other.err == nil
}

// end finds the end of the zip, as archive/zip does, and returns what it says of the directory: where it is, how long, and how many
// bytes the file has before the first that offsets count.
func (z *zipReader) end() (at, n, base int64) {
	length := min(z.size, zipEndLength+longestComment)
	tail := z.read(z.size-length, length, "")
	record, found := endIn(tail)
	if !found {
		z.err = errZip
		return 0, 0, 0
	}
	end := z.size - length + int64(record)
	b := tail[record:]
	z.use(end, zipEndLength+int64(binary.LittleEndian.Uint16(b[20:])))
	n, at = int64(binary.LittleEndian.Uint32(b[12:])), int64(binary.LittleEndian.Uint32(b[16:]))
	if z.begins(end-zip64LocatorLength, zip64Locator) {
		locator := z.read(end-zip64LocatorLength, zip64LocatorLength, zip64Locator)
		end = int64(binary.LittleEndian.Uint64(locator[8:]))
		b = z.read(end, zip64EndLength, zip64End)
		z.use(end, zip64EndLength)
		z.use(z.used[0].from-zip64LocatorLength, zip64LocatorLength)
		n, at = int64(binary.LittleEndian.Uint64(b[40:])), int64(binary.LittleEndian.Uint64(b[48:]))
	}
	if n > 0 && !z.begins(at, zipListed) { // something stands before the zip
		base = end - n - at
	}
	return at + base, n, base
}

// endIn returns where the last end record with its whole comment begins.
func endIn(tail []byte) (at int, found bool) {
	for at = bytes.LastIndex(tail, []byte(zipEnd)); at >= 0; at = bytes.LastIndex(tail[:at], []byte(zipEnd)) {
		if at+zipEndLength <= len(tail) && at+zipEndLength+int(binary.LittleEndian.Uint16(tail[at+20:])) <= len(tail) {
			return at, true
		}
	}
	return 0, false
}

// directory goes through the entries that the directory lists, one after the other: it may claim to be as long as the file. Nothing
// else is in it.
func (z *zipReader) directory(at, n, base int64) {
	if z.err == nil && (at < 0 || n < 0 || at > z.size-n) {
		z.err = errZip
	}
	z.use(at, n)
	for end := at + n; at < end && z.err == nil; {
		listed := z.read(at, zipListedLength, zipListed)
		name, extra := int64(binary.LittleEndian.Uint16(listed[28:])), int64(binary.LittleEndian.Uint16(listed[30:]))
		fields := z.read(at+zipListedLength+name, extra, "")
		if at += zipListedLength + name + extra + int64(binary.LittleEndian.Uint16(listed[32:])); at > end {
			z.err = errZip
		}
		z.entry(listed, fields, base)
	}
}

// entry says which bytes belong to an entry: its header, its data, and what follows them.
func (z *zipReader) entry(listed, extra []byte, base int64) {
	whole := uint64(binary.LittleEndian.Uint32(listed[24:]))
	packed := uint64(binary.LittleEndian.Uint32(listed[20:]))
	offset := uint64(binary.LittleEndian.Uint32(listed[42:]))
	wide := zip64Field(extra)
	for _, v := range []*uint64{&whole, &packed, &offset} { // 4.5.3: only those that do not fit, in this order
		if *v == math.MaxUint32 && len(wide) >= 8 {
			*v, wide = binary.LittleEndian.Uint64(wide), wide[8:]
		}
	}
	at := int64(offset) + base
	header := z.read(at, zipEntryLength, zipEntry)
	begin := zipEntryLength + int64(binary.LittleEndian.Uint16(header[26:])) + int64(binary.LittleEndian.Uint16(header[28:]))
	if packed > uint64(z.size) {
		z.err = errZip
		return
	}
	n := begin + int64(packed)
	if binary.LittleEndian.Uint16(listed[8:])&8 != 0 {
		n += z.following(at+n, listed[16:20], packed, whole)
	}
	z.use(at, n)
}

// zip64Field returns the content of the extra field that holds sizes of 64 bits.
func zip64Field(extra []byte) []byte {
	for len(extra) >= 4 {
		n := min(4+int(binary.LittleEndian.Uint16(extra[2:])), len(extra))
		if binary.LittleEndian.Uint16(extra) == 1 {
			return extra[4:n]
		}
		extra = extra[n:]
	}
	return nil
}

// following returns how long the record of sizes is that follows an entry's data: with or without what it begins with, of 32 or of
// 64 bits.
func (z *zipReader) following(at int64, checksum []byte, packed, whole uint64) int64 {
	narrow := binary.LittleEndian.AppendUint32(bytes.Clone(checksum), uint32(packed))
	narrow = binary.LittleEndian.AppendUint32(narrow, uint32(whole))
	wide := binary.LittleEndian.AppendUint64(bytes.Clone(checksum), packed)
	wide = binary.LittleEndian.AppendUint64(wide, whole)
	for _, record := range []string{zipFollowing + string(wide), zipFollowing + string(narrow), string(wide), string(narrow)} {
		if z.begins(at, record) {
			return int64(len(record))
		}
	}
	return 0
}
