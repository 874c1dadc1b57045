package data

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// IDX is an array of unsigned bytes, as files in the IDX format hold it: MNIST's images are [n, height, width], its
// labels [n].
type IDX struct {
	Shape []int
	Data  []byte // row by row, the last axis fastest
}

// Largest sizes of an IDX file.
const (
	maxIDX     = 1 << 30 // bytes of its array
	maxIDXAxes = 8
)

// idxTypes names the types of numbers that the format knows, for messages. Only the first is read.
var idxTypes = map[byte]string{
	idxBytes: "unsigned bytes", 0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers",
	0x0D: "32-bit floats", 0x0E: "64-bit floats",
}

const idxBytes = 0x08

// ReadIDX reads a file in the IDX format (http://yann.lecun.com/exdb/mnist, at the end), of unsigned bytes, compressed
// with gzip or not: the content tells. name stands for the file in messages.
//
// Errors say what is wrong: another format, another type of numbers, more than 8 axes or 1 GiB, damage that gzip's
// checksum finds, fewer bytes than the header announces, or more. Memory is taken for what the file holds, whatever
// its header says.
func ReadIDX(name string, r io.Reader) (*IDX, error) {
	content, err := decompressed(r)
	if err == nil {
		var a *IDX
		if a, err = decodeIDX(content); err == nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", printable(name), err)
}

// decompressed returns the content of a file that may be compressed with gzip.
func decompressed(r io.Reader) (io.Reader, error) {
	file := bufio.NewReaderSize(r, readAhead)
	if magic, _ := file.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return file, nil
	}
	content, err := gzip.NewReader(file)
	if err != nil {
		return nil, gzipError(err)
	}
	return content, nil
}

// Errors of a file's content, as opposed to errors of reading it.
var (
	errCutOff  = errors.New("the file is cut off: a download that was interrupted?")
	errDamaged = errors.New("the file is damaged")
)

// gzipError says what an error of reading a compressed file means. Errors of reading itself stay as they are.
func gzipError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errCutOff
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return fmt.Errorf("%w (%w): download it again", errDamaged, err)
	}
	return err
}

// decodeIDX reads an array and the end of the file.
func decodeIDX(r io.Reader) (*IDX, error) {
	shape, size, err := idxHeader(r)
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer // grows with what is there
	if _, err := io.CopyN(&content, r, int64(size)); err == io.EOF {
		return nil, fmt.Errorf("%d bytes follow the header, which announces %d (%v): %w", content.Len(), size, shape, errCutOff)
	} else if err != nil {
		return nil, gzipError(err)
	}
	switch _, err := io.ReadFull(r, make([]byte, 1)); err { // also lets gzip check its checksum
	case io.EOF:
		return &IDX{shape, content.Bytes()}, nil
	case nil:
		return nil, fmt.Errorf("more bytes follow the header than it announces, %d (%v): not an IDX file, or a damaged one", size, shape)
	default:
		return nil, gzipError(err)
	}
}

// idxHeader reads the header: two zeros, the type, the number of axes, and the size of each in 32 bits, the high byte
// first. size is the product of the sizes, no more than maxIDX.
func idxHeader(r io.Reader) (shape []int, size int, err error) {
	var magic [4]byte
	if n, err := io.ReadFull(r, magic[:]); n == 0 && err == io.EOF {
		return nil, 0, errors.New("the file is empty")
	} else if err != nil {
		return nil, 0, gzipError(err)
	}
	kind, axes := magic[2], int(magic[3])
	switch name, known := idxTypes[kind]; {
	case magic[0] != 0 || magic[1] != 0 || !known:
		return nil, 0, fmt.Errorf("not an IDX file: it starts with the bytes % x, not with 00 00 08", magic[:])
	case kind != idxBytes:
		return nil, 0, fmt.Errorf("an IDX file of %s (type 0x%02X): only those of unsigned bytes (0x08) can be read", name, kind)
	case axes < 1 || axes > maxIDXAxes:
		return nil, 0, fmt.Errorf("an IDX file with %d axes: 1 to %d can be read", axes, maxIDXAxes)
	}
	sizes := make([]byte, 4*axes)
	if _, err := io.ReadFull(r, sizes); err != nil {
		return nil, 0, gzipError(err)
	}
	size = 1
	for i := range axes {
		d := binary.BigEndian.Uint32(sizes[4*i:])
		shape = append(shape, int(d))
		if uint64(size)*uint64(d) > maxIDX { // size is at most maxIDX, so nothing overflows
			return nil, 0, fmt.Errorf("its header announces more than %d bytes (%v, axis %d): not an IDX file, or too large a one", maxIDX, shape, i)
		}
		size *= int(d)
	}
	return shape, size, nil
}
