package nn

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"

	initializer "github.com/heft-ml/heft/init"
)

// Summary describes a model: its modules in the order in which they compute, and what it holds.
type Summary struct {
	Rows   []SummaryRow
	Counts map[initializer.Kind]int // numbers held, by kind
	Frozen int                      // of them, those of frozen parameters
}

// SummaryRow is one module.
type SummaryRow struct {
	Path, Type string
	Output     []int // its shape
	Params     int   // numbers of the module's own parameters, without those of modules within it
	Shapes     string
}

// Summarize runs the model once, in inference, on zeros of the given input shape and describes what happened.
func Summarize(s *Store, m Layer, input ...int) Summary {
	sum := Summary{Counts: map[initializer.Kind]int{}}
	for _, p := range s.params {
		sum.Counts[p.Kind] += len(p.Data)
		if p.Frozen && p.Kind != initializer.Buffer {
			sum.Frozen += len(p.Data)
		}
	}
	n := 1
	for _, d := range input {
		n *= d
	}
	pass := NewPass(s, Inference)
	pass.Probe = &summaryProbe{s, &sum}
	x := pass.tape.Leaf("input", make([]float32, n), input, false)
	m.Forward(pass, x)
	return sum
}

type summaryProbe struct {
	store *Store
	sum   *Summary
}

func (b *summaryProbe) Up(m Module, y *Tensor) {
	row := SummaryRow{Path: m.Path(), Type: reflect.Indirect(reflect.ValueOf(m)).Type().Name(), Output: y.Shape()}
	if a, ok := m.(fmt.Stringer); ok {
		row.Type += "(" + a.String() + ")"
	}
	var shapes []string
	for _, p := range b.store.params {
		if own(m.Path(), p.Name) {
			row.Params += len(p.Data)
			shapes = append(shapes, fmt.Sprintf("%s %v", p.Name[strings.LastIndex(p.Name, ".")+1:], p.Shape))
		}
	}
	row.Shapes = strings.Join(shapes, ", ")
	b.sum.Rows = append(b.sum.Rows, row)
}

func (b *summaryProbe) Down(Module, []float32) {}

// own tells whether a parameter was declared by the module at path itself.
func own(path, param string) bool {
	dot := strings.LastIndex(param, ".")
	return dot < 0 && path == "" || dot >= 0 && param[:dot] == path
}

// Total returns how many numbers the model holds.
func (s Summary) Total() (n int) {
	for _, k := range initializer.Kinds() {
		n += s.Counts[k]
	}
	return n
}

// Trainable returns how many of them a gradient moves.
func (s Summary) Trainable() int { return s.Total() - s.Counts[initializer.Buffer] - s.Frozen }

// precisions are the formats that memory is told for, in bits a number. Scales of integer formats are not counted.
var precisions = []struct {
	name string
	bits int
}{{"fp32", 32}, {"fp16/bf16", 16}, {"int8", 8}, {"int4", 4}}

// Write prints the table: modules with their shapes, parameters by kind, and the memory that weights, gradients and
// optimizer state (one number a weight for SGD with momentum, two for Adam) take at each precision.
func (s Summary) Write(w io.Writer) error {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "layer\ttype\toutput\tparameters\tshapes")
	for _, r := range s.Rows {
		path := r.Path
		if path == "" {
			path = "(model)"
		}
		params := "-"
		if r.Params > 0 {
			params = fmt.Sprint(r.Params)
		}
		fmt.Fprintf(t, "%s\t%s\t%v\t%s\t%s\n", path, r.Type, r.Output, params, r.Shapes)
	}
	t.Flush()
	fmt.Fprintf(&text, "\n%d parameters:", s.Total())
	sep := ""
	for _, k := range initializer.Kinds() {
		if n := s.Counts[k]; n > 0 {
			fmt.Fprintf(&text, "%s %s %d (%.3g%%)", sep, k, n, 100*float64(n)/float64(s.Total()))
			sep = ","
		}
	}
	fmt.Fprint(&text, "\n\n")
	fmt.Fprintln(t, "memory\tweights\tgradients\tstate of SGD with momentum\tstate of Adam")
	for _, p := range precisions {
		of := func(numbers int) string { return humanize.Bytes(uint64((numbers*p.bits + 7) / 8)) }
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.name, of(s.Total()), of(s.Trainable()), of(s.Trainable()), of(2*s.Trainable()))
	}
	t.Flush()
	return writeTrimmed(w, text.String())
}

// writeTrimmed writes text without the blanks that a table leaves after an empty last cell.
func writeTrimmed(w io.Writer, text string) error {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n"))
	return err
}
