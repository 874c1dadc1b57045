package npz

import (
	"encoding/binary"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// magic begins every .npy; two bytes of version and the header's length follow (numpy/lib/format.py).
const magic = "\x93NUMPY"

// Limits of a header. NumPy reads 10,000 bytes of one from strangers; records with many fields have more.
const (
	mostHeader     = 1 << 20
	mostDimensions = 64 // NPY_MAXDIMS of NumPy 2
)

// header is what stands before the data of an array.
type header struct {
	element
	fortran bool // the first index is the fastest
	shape   []int
	size    int64 // of the header
	bytes   int64 // of the data
}

// readHeader reads the header of an array that has total bytes, header and data.
func readHeader(r io.Reader, total int64) (header, error) {
	start := make([]byte, len(magic)+2+2)
	if _, err := io.ReadFull(r, start); err != nil || string(start[:len(magic)]) != magic {
		return header{}, orBroken(err, "it does not begin with %q", magic)
	}
	length := int64(binary.LittleEndian.Uint16(start[len(magic)+2:]))
	size := int64(len(start))
	switch major := start[len(magic)]; {
	case major == 2 || major == 3:
		more := make([]byte, 2)
		if _, err := io.ReadFull(r, more); err != nil {
			return header{}, orBroken(err, "it ends within the header")
		}
		length += int64(binary.LittleEndian.Uint16(more)) << 16
		size += 2
	case major != 1:
		return header{}, broken(Unsupported, "", "version %d.%d of the format: 1 to 3 are read", major, start[len(magic)+1])
	}
	if length > mostHeader || length > total-size {
		return header{}, broken(BadHeader, "", "its length is given as %d bytes, and %d are left; at most %d are allowed", length, total-size, mostHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, orBroken(err, "it ends within the header")
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, err
	}
	h.size = size + length
	return h, h.measure(total - h.size)
}

// orBroken makes a BadHeader of the end of the data, and leaves other errors of reading.
func orBroken(err error, format string, args ...any) error {
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return broken(BadHeader, "", format, args...)
	}
	return err
}

// measure works out how many bytes the data has, and refuses another number than have.
func (h *header) measure(have int64) error {
	n, err := dtype.ByteSize(dtype.U8, h.shape)
	if err != nil {
		return broken(BadHeader, "", "shape %v: %v", h.shape[:min(len(h.shape), 8)], err)
	}
	if h.object {
		h.bytes = have // a pickle, which nobody looks at
		return nil
	}
	if !h.record {
		high, low := bits.Mul64(uint64(n), uint64(h.width))
		if high != 0 || low != uint64(have) {
			return broken(BadSize, "", "shape %v of %.20q needs %d bytes for each of %d elements, and there are %d in all: truncated?", h.shape, h.name, h.width, n, have)
		}
		h.bytes = have
		return nil
	}
	if n == 0 && have != 0 || n > 0 && (have%n != 0 || have/n > mostWidth) {
		return broken(BadSize, "", "%d bytes are no whole number of records of shape %v", have, h.shape)
	}
	h.bytes = have
	if n > 0 {
		h.width = have / n
	}
	return nil
}

// parseHeader reads a Python dict that has descr, fortran_order and shape, each once, as NumPy demands.
func parseHeader(text string) (header, error) {
	s := &scanner{text: strings.TrimRight(text, " \n\x00")}
	var h header
	seen := map[string]bool{}
	err := s.dict(func(key string) (err error) {
		if seen[key] {
			return s.fail("%.20q comes twice", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			var descr literal
			if descr, err = s.literal(); err == nil {
				h.element, err = parseElement(descr)
			}
		case "fortran_order":
			h.fortran, err = s.truth()
		case "shape":
			h.shape, err = s.tuple()
		default:
			err = s.fail("%.20q is no key of a header", key)
		}
		return err
	})
	if err == nil && len(seen) != 3 {
		err = s.fail("descr, fortran_order and shape are needed")
	}
	return h, err
}

// appendHeader appends the header of an array as NumPy writes it: version 1, padded so that the data begins at a multiple of 64 bytes.
func appendHeader(b []byte, descr string, shape []int) []byte {
	const lead, unit = len(magic) + 2 + 2, 64
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.Itoa(n)
	}
	tuple := strings.Join(sizes, ", ")
	if len(shape) == 1 {
		tuple += ","
	}
	text := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + tuple + "), }"
	// NumPy leaves room for the first dimension to grow, to as many digits as a byte count can have.
	if len(shape) > 0 {
		text += strings.Repeat(" ", max(0, growth-len(sizes[0])))
	}
	padding := unit - (lead+len(text)+1)%unit
	b = append(b, magic...)
	b = append(b, 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)+padding+1))
	b = append(b, text...)
	b = append(b, slices.Repeat([]byte{' '}, padding)...)
	return append(b, '\n')
}

// growth is GROWTH_AXIS_MAX_DIGITS of numpy/lib/_format_impl.py.
const growth = 21
