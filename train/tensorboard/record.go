package tensorboard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

const (
	headerSize = 8 + 4 // a length and its checksum
	footerSize = 4     // the payload's checksum

	// maxRecord bounds the length that a file may claim. The largest events, of other writers, are pictures and graphs.
	maxRecord = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is a record's masked CRC-32C. The mask is there because the checksum of data that holds its own checksum says
// little (TensorFlow's crc32c.h).
func checksum(b []byte) uint32 {
	crc := crc32.Checksum(b, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// appendRecord adds a record whose payload is what payload appends.
func appendRecord(dst []byte, payload func(dst []byte) []byte) []byte {
	start := len(dst)
	dst = payload(append(dst, make([]byte, headerSize)...))
	header, body := dst[start:start+headerSize], dst[start+headerSize:]
	binary.LittleEndian.PutUint64(header, uint64(len(body)))
	binary.LittleEndian.PutUint32(header[8:], checksum(header[:8]))
	return binary.LittleEndian.AppendUint32(dst, checksum(body))
}

// CorruptError says where a file is damaged, and how. Everything before Offset is good.
type CorruptError struct {
	Offset int64 // of the first bad record, in bytes from the start of the file
	Reason string
}

// Error names the byte, the fault and the way out.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("the record at byte %d is corrupt: %s: cut the file there to keep what is good", e.Offset, e.Reason)
}

// recordReader reads records one after another.
type recordReader struct {
	from   io.Reader
	offset int64 // of the record that next reads, and after an error of the one at fault
	header [headerSize]byte
	body   []byte // reused
}

func newRecordReader(r io.Reader) *recordReader { return &recordReader{from: bufio.NewReader(r)} }

// next returns a payload, good until the next call. It returns io.EOF at the end, be it in the midst of a record.
func (r *recordReader) next() ([]byte, error) {
	if _, err := io.ReadFull(r.from, r.header[:]); err != nil {
		return nil, r.failure(err)
	}
	length := binary.LittleEndian.Uint64(r.header[:])
	if err := r.verify("length", r.header[:8], r.header[8:]); err != nil {
		return nil, err
	}
	if length > maxRecord {
		return nil, r.corrupt("it claims %d bytes, but an event has at most %d", length, maxRecord)
	}
	if err := r.fill(int(length) + footerSize); err != nil {
		return nil, r.failure(err)
	}
	payload := r.body[:length]
	if err := r.verify("event", payload, r.body[length:]); err != nil {
		return nil, err
	}
	r.offset += int64(headerSize + len(r.body))
	return payload, nil
}

// fill reads n bytes into body. Memory grows with what comes, not with what the header claims.
func (r *recordReader) fill(n int) error {
	r.body = r.body[:0]
	for len(r.body) < n {
		start := len(r.body)
		room := min(n-start, max(start, 64<<10))
		r.body = slices.Grow(r.body, room)[:start+room]
		if _, err := io.ReadFull(r.from, r.body[start:]); err != nil {
			return err
		}
	}
	return nil
}

// failure tells the end of the file, which may be torn, from a failure to read it.
func (r *recordReader) failure(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return fmt.Errorf("read the record at byte %d: %w", r.offset, err)
}

func (r *recordReader) verify(what string, b, stored []byte) error {
	if got, want := checksum(b), binary.LittleEndian.Uint32(stored); got != want {
		return r.corrupt("the checksum of its %s is %#08x, not %#08x as stored", what, got, want)
	}
	return nil
}

func (r *recordReader) corrupt(format string, args ...any) error {
	return &CorruptError{r.offset, fmt.Sprintf(format, args...)}
}
