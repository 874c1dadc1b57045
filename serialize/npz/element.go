package npz

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// element is the type of an array's elements.
type element struct {
	dtype  dtype.DType // 0: Heft has none like it
	name   string      // NumPy's spelling: "<f4"
	width  int64       // bytes
	record bool        // fields side by side; width is what the data says
	unit   int         // bytes to turn around, as the file has the highest first; 0: none
	object bool        // Python objects, pickled
}

// numbers are the types that NumPy and Heft share, by NumPy's letter and width.
var numbers = map[string]dtype.DType{
	"b1": dtype.Bool, "i1": dtype.I8, "i2": dtype.I16, "i4": dtype.I32, "i8": dtype.I64, "u1": dtype.U8, "u2": dtype.U16, "u4": dtype.U32, "u8": dtype.U64,
	"f2": dtype.F16, "f4": dtype.F32, "f8": dtype.F64, "c8": dtype.C64,
}

// spelling returns how NumPy writes a type on a little-endian machine, and false when it has none.
func spelling(dt dtype.DType) (string, bool) {
	for name, d := range numbers {
		if d == dt {
			if name[1:] == "1" {
				return "|" + name, true
			}
			return "<" + name, true
		}
	}
	return "", false
}

// mostWidth bounds an element: texts have as many bytes as the longest.
const mostWidth = 1 << 30

// parseElement reads a "descr": byte order, letter and width (numpy.dtype.str), or a list of fields.
func parseElement(descr literal) (element, error) {
	e := element{name: descr.text, record: !descr.quoted}
	if e.record {
		e.object = slices.ContainsFunc(strings.FieldsFunc(descr.text, func(r rune) bool { return r == '\'' || r == '"' }), func(word string) bool {
			return word == "|O" || word == "O" || strings.HasPrefix(word, "|O8")
		})
		return e, nil
	}
	wrong := broken(BadHeader, "", "%.100q is no type of an array", descr.text)
	if len(descr.text) < 2 || !strings.ContainsRune("<>|", rune(descr.text[0])) {
		return e, wrong
	}
	order, letter := descr.text[0], descr.text[1]
	if letter == 'O' {
		e.object = true
		return e, nil
	}
	digits, _, dated := strings.Cut(descr.text[2:], "[") // <M8[ns]
	width, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || width > mostWidth || !strings.ContainsRune("biufcmMSUVa", rune(letter)) || dated && letter != 'm' && letter != 'M' {
		return e, wrong
	}
	e.dtype, e.width = numbers[descr.text[1:]], int64(width)
	switch letter {
	case 'U':
		e.width *= 4
		e.unit = 4
	case 'c':
		e.unit = int(width / 2)
	case 'b', 'S', 'V', 'a':
	default:
		e.unit = int(width)
	}
	if order != '>' || e.unit < 2 {
		e.unit = 0
	}
	if e.unit > 0 && e.width%int64(e.unit) != 0 {
		return e, wrong
	}
	return e, nil
}

// info describes an array of that type.
func (e element) info(name string, shape []int, bytes int64) dtype.Info {
	i := dtype.Info{Name: name, DType: e.dtype, Type: e.name, Shape: shape, Bytes: bytes}
	if e.dtype != 0 {
		i.Type = e.dtype.String()
	}
	return i
}

// swap turns the bytes of each number around.
func swap(data []byte, unit int) {
	for i := 0; i+unit <= len(data); i += unit {
		slices.Reverse(data[i : i+unit])
	}
}

// rowMajor returns the elements of an array in row-major order that are in Fortran's, whose first index is the fastest. width: bytes of an element.
func rowMajor(data []byte, shape []int, width int) []byte {
	if len(data) == 0 || len(shape) < 2 {
		return data
	}
	strides := make([]int, len(shape))
	step := width
	for i, n := range shape {
		strides[i] = step
		step *= n
	}
	out := make([]byte, 0, len(data))
	last := len(shape) - 1
	at := make([]int, last) // the index in all dimensions but the last
	from := 0
	for len(out) < len(data) {
		for j := range shape[last] {
			start := from + j*strides[last]
			out = append(out, data[start:start+width]...)
		}
		for i := last - 1; i >= 0; i-- {
			at[i]++
			from += strides[i]
			if at[i] < shape[i] {
				break
			}
			from -= at[i] * strides[i]
			at[i] = 0
		}
	}
	return out
}
