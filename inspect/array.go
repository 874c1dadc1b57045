package inspect

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// Array is the values of a tensor, or of a part of it.
type Array struct {
	Name   string
	DType  string // as the file spells it
	Shape  []int
	Values []float64 // row-major; integers beyond 2^53 are rounded

	expression string

	whole []int64 // the values of an integer format, none rounded: of U64 their bits. nil for floats
	u64   bool
}

// mostDimensions is how many an array may have, as in NumPy 2 and PyTorch. A file of formats that know no limit may claim millions.
const mostDimensions = 64

// Slice reads a part of a tensor: "fc.weight", "fc.weight[0]", "fc.weight[0:2, -3:]", with indices and ranges as NumPy has
// them. Of the file it reads the rows that the first of them takes.
func (s *Source) Slice(expression string) (*Array, error) {
	infos := s.Tensors()
	find := func(name string) int {
		return slices.IndexFunc(infos, func(info dtype.Info) bool { return info.Name == name })
	}
	at, inside := find(expression), ""
	if open := strings.LastIndexByte(expression, '['); at < 0 && open >= 0 && strings.HasSuffix(expression, "]") {
		at, inside = find(expression[:open]), expression[open+1:len(expression)-1]
	}
	if at < 0 {
		return nil, noTensor(expression, infos)
	}
	info := infos[at]
	if n := len(info.Shape); n > mostDimensions {
		return nil, fmt.Errorf("tensor %.100q has %d dimensions: values are shown of at most %d, as in NumPy", info.Name, n, mostDimensions)
	}
	spans, err := parseSpans(inside, info.Shape)
	if err != nil {
		return nil, fmt.Errorf("tensor %.100q: %w", info.Name, err)
	}
	rows, err := s.rows(info, spans)
	if err != nil {
		return nil, err
	}
	values, err := rows.Float64s([]float64{})
	if err != nil {
		return nil, err
	}
	a := &Array{expression: expression, Name: info.Name, DType: info.Type, Shape: []int{}, Values: values, whole: wholeOf(rows, values), u64: rows.DType == dtype.U64}
	for _, sp := range spans {
		if !sp.single {
			a.Shape = append(a.Shape, sp.to-sp.from)
		}
	}
	if len(spans) == 0 {
		return a, nil
	}
	spans[0] = span{to: spans[0].to - spans[0].from} // those are all that was read
	a.Values = gather([]float64{}, values, spans, info.Shape)
	if a.whole != nil {
		a.whole = gather(nil, a.whole, spans, info.Shape)
	}
	return a, nil
}

// wholeOf returns the values of an integer format, which rounded has as floats; nil for floats.
func wholeOf(t dtype.Tensor, rounded []float64) []int64 {
	if t.DType.Limits().SignificandBits > 0 {
		return nil
	}
	whole := make([]int64, len(rounded))
	for i, v := range rounded {
		if t.DType.Bits() == 64 {
			whole[i] = int64(binary.LittleEndian.Uint64(t.Data[8*i:]))
		} else {
			whole[i] = int64(v)
		}
	}
	return whole
}

// rows reads all of the tensor that lies within the span of its first dimension.
func (s *Source) rows(info dtype.Info, spans []span) (dtype.Tensor, error) {
	stored, err := s.Decoded(info.Name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	if !stored.DType.Castable() {
		return dtype.Tensor{}, fmt.Errorf("tensor %.100q: its elements are %s, which are no numbers that Heft reads", info.Name, stored.DType)
	}
	from, to := int64(0), int64(1)
	if len(spans) > 0 {
		inner := int64(1)
		for _, n := range info.Shape[1:] {
			inner *= int64(n)
		}
		from, to = int64(spans[0].from)*inner, int64(spans[0].to)*inner
	}
	if from == to {
		return dtype.Tensor{DType: stored.DType, Shape: []int{0}}, nil
	}
	return piece(stored, from, to)
}

// gather appends the values within the spans, of an array whose dimensions but for the first are those of shape.
func gather[T any](to, values []T, spans []span, shape []int) []T {
	if len(spans) == 0 {
		return append(to, values...)
	}
	inner := 1
	for _, n := range shape[1:] {
		inner *= n
	}
	for i := spans[0].from; i < spans[0].to && inner > 0; i++ {
		to = gather(to, values[i*inner:(i+1)*inner], spans[1:], shape[1:])
	}
	return to
}

// edge is how many values of each end of a long dimension are shown, and longDimension from where it is long.
const (
	edge          = 3
	longDimension = 8
)

// WriteText writes the values for people, in rows as NumPy does. Of long dimensions it shows the ends, unless it is to
// write all in full.
func (a *Array) WriteText(w io.Writer, l Layout, full bool) error {
	if len(a.Values) == 0 {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	t := typist{writing: writing{ascii: l.ASCII}, cell: a.cell, full: full, w: w}
	t.measure(0, len(a.Values), a.Shape)
	t.rows(0, len(a.Values), a.Shape, 0)
	t.write("\n")
	return t.err
}

// WriteNamed writes the expression that [Source.Slice] read, and below it what WriteText writes.
func (a *Array) WriteNamed(w io.Writer, l Layout, full bool) error {
	if _, err := io.WriteString(w, writing{ascii: l.ASCII}.safe(a.expression)+"\n"); err != nil {
		return err
	}
	return a.WriteText(w, l, full)
}

// typist writes an array, of which every cell is as wide as the widest.
type typist struct {
	writing
	cell  func(i int) string
	full  bool
	width int
	w     io.Writer
	err   error
}

func (t *typist) write(text string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, text)
	}
}

// cell writes a float with six digits, and an integer in full.
func (a *Array) cell(i int) string {
	switch {
	case a.whole == nil:
		return strconv.FormatFloat(a.Values[i], 'g', 6, 64)
	case a.u64:
		return strconv.FormatUint(uint64(a.whole[i]), 10)
	}
	return strconv.FormatInt(a.whole[i], 10)
}

// shown calls visit for the indices of a dimension that are shown, and with -1 for those left out.
func (t *typist) shown(n int, visit func(i int)) {
	for i := 0; i < n; i++ {
		if !t.full && n > longDimension && i == edge {
			visit(-1)
			i = n - edge
		}
		visit(i)
	}
}

// measure finds the widest of the cells that are shown, of the n from at on.
func (t *typist) measure(at, n int, shape []int) {
	if len(shape) == 0 {
		t.width = max(t.width, len(t.cell(at)))
		return
	}
	t.shown(shape[0], func(i int) {
		if i >= 0 {
			inner := n / shape[0]
			t.measure(at+i*inner, inner, shape[1:])
		}
	})
}

// rows writes one dimension, in brackets, indented by those around it: the n cells from at on.
func (t *typist) rows(at, n int, shape []int, depth int) {
	if len(shape) == 0 {
		text := t.cell(at)
		t.write(blanks(t.width-len(text)) + text)
		return
	}
	between := " "
	if len(shape) > 1 {
		between = strings.Repeat("\n", len(shape)-1) + blanks(depth+1)
	}
	t.write("[")
	first := true
	t.shown(shape[0], func(i int) {
		if !first {
			t.write(between)
		}
		first = false
		if i < 0 {
			t.write(t.mark())
			return
		}
		inner := n / shape[0]
		t.rows(at+i*inner, inner, shape[1:], depth+1)
	})
	t.write("]")
}

// WriteJSON writes the array as one JSON object on a line of its own: name, dtype, shape, and values in one list, all to the last
// digit. Values that are no JSON numbers are the texts "NaN", "Infinity" and "-Infinity", which Python's float and JavaScript's
// Number read.
func (a *Array) WriteJSON(w io.Writer) error {
	var values any = a.whole
	switch {
	case a.whole == nil:
		values = cast[element](a.Values)
	case a.u64:
		values = cast[uint64](a.whole)
	}
	return writeJSON(w, struct {
		Name   string `json:"name"`
		DType  string `json:"dtype"`
		Shape  []int  `json:"shape"`
		Values any    `json:"values"`
	}{a.Name, a.DType, a.Shape, values})
}

// element is a value of an array in JSON.
type element float64

// MarshalJSON writes a number, or the text of one that JSON has no number for.
func (e element) MarshalJSON() ([]byte, error) {
	switch v := float64(e); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return json.Marshal(v)
	}
}

// cast copies numbers as those of another type.
func cast[To element | uint64, From float64 | int64](values []From) []To {
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}
