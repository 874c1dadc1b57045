package inspect

import (
	"fmt"
	"io"
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
}

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
		return nil, fmt.Errorf("no tensor is called %.100q: 'heft inspect' lists their names", expression)
	}
	info := infos[at]
	spans, err := parseSpans(inside, info.Shape)
	if err != nil {
		return nil, fmt.Errorf("tensor %.100q: %w", info.Name, err)
	}
	rows, err := s.rows(info, spans)
	if err != nil {
		return nil, err
	}
	a := &Array{Name: info.Name, DType: info.Type, Shape: []int{}, Values: []float64{}}
	for _, sp := range spans {
		if !sp.single {
			a.Shape = append(a.Shape, sp.to-sp.from)
		}
	}
	if len(spans) == 0 {
		a.Values = rows
		return a, nil
	}
	spans[0] = span{to: spans[0].to - spans[0].from} // those are all that was read
	a.gather(rows, spans, info.Shape)
	return a, nil
}

// rows reads all of the tensor that lies within the span of its first dimension.
func (s *Source) rows(info dtype.Info, spans []span) ([]float64, error) {
	stored, err := s.Decoded(info.Name)
	if err != nil {
		return nil, err
	}
	if !stored.DType.Castable() {
		return nil, fmt.Errorf("tensor %.100q: its elements are %s, which are no numbers that Heft reads", info.Name, stored.DType)
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
		return []float64{}, nil
	}
	part, err := piece(stored, from, to)
	if err != nil {
		return nil, err
	}
	return part.Float64s(nil)
}

// gather appends the values within the spans, of an array whose dimensions but for the first are those of shape.
func (a *Array) gather(values []float64, spans []span, shape []int) {
	if len(spans) == 0 {
		a.Values = append(a.Values, values...)
		return
	}
	inner := 1
	for _, n := range shape[1:] {
		inner *= n
	}
	for i := spans[0].from; i < spans[0].to && inner > 0; i++ {
		a.gather(values[i*inner:(i+1)*inner], spans[1:], shape[1:])
	}
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
	t := typist{writing: writing{l.ASCII}, full: full, w: w}
	t.measure(a.Values, a.Shape)
	t.rows(a.Values, a.Shape, 0)
	t.write("\n")
	return t.err
}

// typist writes an array, of which every cell is as wide as the widest.
type typist struct {
	writing
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

// cell writes a number with six digits.
func cell(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

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

// measure finds the widest of the cells that are shown.
func (t *typist) measure(values []float64, shape []int) {
	if len(shape) == 0 {
		t.width = max(t.width, len(cell(values[0])))
		return
	}
	t.shown(shape[0], func(i int) {
		if i >= 0 {
			inner := len(values) / shape[0]
			t.measure(values[i*inner:(i+1)*inner], shape[1:])
		}
	})
}

// rows writes one dimension, in brackets, indented by those around it.
func (t *typist) rows(values []float64, shape []int, depth int) {
	if len(shape) == 0 {
		text := cell(values[0])
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
		inner := len(values) / shape[0]
		t.rows(values[i*inner:(i+1)*inner], shape[1:], depth+1)
	})
	t.write("]")
}

// WriteJSON writes the array as one JSON object on a line of its own: name, dtype, shape, and values in one list.
func (a *Array) WriteJSON(w io.Writer) error {
	values := make([]Number, len(a.Values))
	for i, v := range a.Values {
		values[i] = Number(v)
	}
	return writeJSON(w, struct {
		Name   string   `json:"name"`
		DType  string   `json:"dtype"`
		Shape  []int    `json:"shape"`
		Values []Number `json:"values"` // null where they are not finite
	}{a.Name, a.DType, a.Shape, values})
}
