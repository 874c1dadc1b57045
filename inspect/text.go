package inspect

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/heft-ml/heft/internal/table"
)

// Layout is the paper that a report is written on.
type Layout struct {
	Width int  // columns of a line; a narrow layout has two tables in place of one, and leaves out what does not fit
	ASCII bool // use no other characters
	Whole bool // let lines be longer rather than cut the names of tensors and modules: it is no terminal
}

// page is a report on its way to text.
type page struct {
	*Report
	writing
	width int
	text  strings.Builder
}

// WriteText writes the report for people: a line that says what the file is, the tree of its modules or, with statistics, a
// table of its tensors, totals, the tokenizer, the metadata and the recipe. Whatever comes from the file is made safe to
// print.
func (r *Report) WriteText(w io.Writer, l Layout) error {
	p := &page{Report: r, writing: writing{l.ASCII, l.Whole}, width: l.Width}
	p.headline()
	if len(r.Tensors) > 0 {
		p.tensors()
		p.totals()
	}
	p.tokenizer()
	p.metadata()
	p.recipe()
	_, err := io.WriteString(w, p.text.String())
	return err
}

func (p *page) add(parts ...string) {
	for _, s := range parts {
		p.text.WriteString(s)
	}
}

// mostDTypes is how many the headline lists: a hostile file can have any number.
const mostDTypes = 8

// dtype writes the spelling of a dtype, which a file may have made up.
func (p *page) dtype(spelling string) string { return p.cut(p.safe(spelling), len("F8_E4M3FNUZ"), 0) }

func (p *page) headline() {
	facts := []string{p.Format, size(p.Bytes), count(int64(len(p.Tensors)), "tensor"), count(p.Parameters, "parameter")}
	for i, d := range p.DTypes {
		if i == mostDTypes {
			facts = append(facts, fmt.Sprintf("%s %d dtypes", p.mark(), len(p.DTypes)))
			break
		}
		facts = append(facts, p.dtype(d.Name))
	}
	p.add(p.safe(p.File), ": ", strings.Join(facts, ", "), "\n")
}

// tensors writes the tree or, when values were measured, one table where there is room for it, and otherwise two: what the
// tensors are, and what their values are.
func (p *page) tensors() {
	what, values := p.what(), p.values()
	whole := append(slices.Clone(what), values...)
	switch {
	case len(values) == 0:
		p.add("\n", p.tree().fit(p.width, p.writing).String())
	case table.Width(whole) <= p.width:
		p.add("\n", whole.fit(p.width, p.writing).String())
	default:
		values = append(sheet{what[0]}, values...)
		p.add("\n", what.fit(p.width, p.writing).String(), "\n", values.fit(p.width, p.writing).String())
	}
	if slices.ContainsFunc(p.Tensors, func(t Tensor) bool { return t.KindInferred }) {
		p.add("? kind inferred (name, dtype, shape)\n")
	}
}

// tree has a row for each module and each tensor, below one another; layers of the same form share a row.
func (p *page) tree() sheet {
	t := sheet{
		{Title: "tensor"}, {Title: "kind", Expend: 3}, {Title: "dtype", Expend: 1}, {Title: "shape"},
		{Title: "tensors", Right: true, Expend: 2}, {Title: "parameters", Right: true}, {Title: "size", Right: true, Expend: 4},
	}
	newTree(p.Tensors).walk(0, 1, func(depth, times int, name string, n *node) {
		kind, spelling, shape, tensors := "", "", "", humanize.Comma(int64(n.sum.Tensors*times))
		if n.tensor != nil {
			kind, spelling, shape = p.kind(*n.tensor), p.dtype(n.tensor.DType), p.shape(n.tensor.Shape)
		}
		t.append(blanks(2*depth)+p.safe(name), kind, spelling, shape, tensors,
			humanize.Comma(n.sum.Parameters*int64(times)), size(n.sum.Bytes*int64(times)))
	})
	return t
}

// kind names a kind, with a mark when it was inferred.
func (p *page) kind(t Tensor) string {
	if t.KindInferred {
		return t.Kind + "?"
	}
	return t.Kind
}

// what are the columns that the header tells.
func (p *page) what() sheet {
	t := sheet{
		{Title: "tensor"}, {Title: "kind", Expend: 2}, {Title: "dtype", Expend: 1}, {Title: "shape"},
		{Title: "parameters", Right: true, Expend: 3}, {Title: "size", Right: true, Expend: 4},
	}
	for _, tensor := range p.Tensors {
		t.append(p.safe(tensor.Name), p.kind(tensor), p.dtype(tensor.DType), p.shape(tensor.Shape),
			humanize.Comma(tensor.Parameters), size(tensor.Bytes))
	}
	return t
}

// totals writes the sums by kind and by dtype, and the memory that the values take.
func (p *page) totals() {
	for _, group := range []struct {
		title string
		sums  []Total
	}{{"kind", p.Kinds}, {"dtype", p.DTypes}} {
		t := sheet{
			{Title: group.title}, {Title: "tensors", Right: true, Expend: 2},
			{Title: "parameters", Right: true}, {Title: "size", Right: true, Expend: 1},
		}
		for _, sum := range group.sums {
			t.append(p.dtype(sum.Name), humanize.Comma(int64(sum.Tensors)), humanize.Comma(sum.Parameters), size(sum.Bytes))
		}
		p.add("\n", t.fit(p.width, p.writing).String())
	}
	m := p.Memory
	p.add("\nmemory\n", p.list([]item{
		{label: "fp32", words: []string{size(m.FP32)}},
		{label: "fp16", words: []string{size(m.FP16)}},
		{label: "int8", words: []string{size(m.Int8), size(m.Q8_0) + " with scales (Q8_0)"}},
		{label: "int4", words: []string{size(m.Int4), size(m.Q4_0) + " with scales (Q4_0)"}},
	}, p.width))
}

func (p *page) tokenizer() {
	t := p.Tokenizer
	if t == nil {
		return
	}
	items := []item{
		{label: "model", words: []string{p.safe(t.Model)}, brief: true},
		{label: "tokens", words: []string{humanize.Comma(int64(t.Tokens))}},
	}
	if t.Merges > 0 {
		items = append(items, item{label: "merges", words: []string{humanize.Comma(int64(t.Merges))}})
	}
	for _, role := range slices.Sorted(maps.Keys(t.Special)) {
		items = append(items, item{label: p.safe(role), words: []string{p.safe(t.Special[role])}, brief: true})
	}
	p.add("\ntokenizer\n", p.list(items, p.width))
}

func (p *page) metadata() {
	if len(p.Metadata) == 0 {
		return
	}
	var items []item
	for _, key := range slices.Sorted(maps.Keys(p.Metadata)) {
		items = append(items, item{label: p.safe(key), words: []string{p.safe(p.Metadata[key])}, brief: true})
	}
	p.add("\nmetadata\n", p.list(items, p.width))
}

// size writes a number of bytes as people say it, in powers of 1000.
func size(bytes int64) string { return humanize.Bytes(uint64(bytes)) }

// count writes a number of things.
func count(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return humanize.Comma(n) + " " + thing
}

// short writes a number with three digits, and a whole one of up to six digits in full.
func short(n Number) string {
	v := float64(n) + 0 // of -0 makes 0
	switch {
	case math.IsNaN(v):
		return "-"
	case v == math.Trunc(v) && math.Abs(v) < 1e6:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// longestShape is how wide a shape may be.
const longestShape = 30

// shape writes a shape as PyTorch does, and of many dimensions the first few.
func (p *page) shape(dims []int) string {
	const most, few = 8, 4
	rest := "]"
	if n := len(dims); n > most {
		dims, rest = dims[:few], fmt.Sprintf(", %s %d dimensions]", p.mark(), n)
	}
	words := make([]string, len(dims))
	for i, n := range dims {
		words[i] = strconv.Itoa(n)
	}
	return p.cut("["+strings.Join(words, ", ")+rest, longestShape, longestShape/2)
}
