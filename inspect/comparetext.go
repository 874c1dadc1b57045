package inspect

import (
	"io"
	"strconv"

	"github.com/dustin/go-humanize"
)

// WriteText writes the comparison for people: a line that says how much differs, a table of the tensors that do, and a
// table of their modules when they are more than one.
func (c *Comparison) WriteText(w io.Writer, l Layout) error {
	p := &page{Report: &Report{}, writing: writing{l.ASCII, l.Whole}, width: l.Width}
	p.add(p.safe(c.A), " and ", p.safe(c.B), ": ", count(int64(c.Same), "tensor"), " the same")
	counts := map[Status]int64{}
	for _, d := range c.Tensors {
		counts[d.Status]++
	}
	for _, status := range []Status{Changed, Recast, Reshaped, Removed, Added} {
		if n := counts[status]; n > 0 {
			p.add(", ", humanize.Comma(n), " ", string(status))
		}
	}
	p.add("\n")
	if len(c.Tensors) > 0 {
		p.add("\n", p.differences(c).fit(p.width, p.writing).String())
	}
	if len(c.Modules) > 1 {
		t := sheet{{Title: "module"}, {Title: "tensors", Right: true, Expend: 1}, {Title: "max abs", Right: true}}
		for _, m := range c.Modules {
			most := "-"
			if m.MaxAbs != nil {
				most = short(*m.MaxAbs)
			}
			t.append(p.safe(m.Name), humanize.Comma(int64(m.Changed)), most)
		}
		p.add("\n", t.fit(p.width, p.writing).String())
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// differences is the table of the tensors that differ.
func (p *page) differences(c *Comparison) sheet {
	t := sheet{
		{Title: "tensor"}, {Title: ""}, {Title: "dtype", Expend: 1}, {Title: "shape", Expend: 2}, {Title: "differ", Right: true, Expend: 4},
		{Title: "max abs", Right: true}, {Title: "max rel", Right: true}, {Title: "ulp", Right: true, Expend: 3},
		{Title: "cosine", Right: true, Expend: 5},
	}
	for _, d := range c.Tensors {
		spelling, shape := p.dtype(d.DTypes[0]), p.shape(d.Shapes[0])
		if n := len(d.DTypes) - 1; n > 0 && d.DTypes[n] != d.DTypes[0] {
			spelling += " " + p.dtype(d.DTypes[n])
		}
		if d.Status == Reshaped {
			shape += " " + p.shape(d.Shapes[1])
		}
		cells := []string{p.safe(d.Name), string(d.Status), spelling, shape, "-", "-", "-", "-", "-"}
		if g := d.Values; g != nil {
			copy(cells[4:], []string{humanize.Comma(int64(g.Differ)), short(g.MaxAbs), short(g.MaxRel)})
			if g.MaxULP != nil {
				cells[7] = strconv.FormatUint(*g.MaxULP, 10)
			}
			if c := float64(g.Cosine); finite(c) {
				cells[8] = strconv.FormatFloat(c, 'f', 9, 64)
			}
		}
		t.append(cells...)
	}
	return t
}

// WriteJSON writes the comparison as one JSON object on a line of its own, safe to print.
func (c *Comparison) WriteJSON(w io.Writer) error { return writeJSON(w, c) }
