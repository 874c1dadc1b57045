package inspect

import (
	"io"

	"github.com/dustin/go-humanize"
)

// mostFindings is how many findings text has: a hostile file can cause any number.
const mostFindings = 100

// WriteText writes the hashes for people, and the findings below them.
func (v *Verification) WriteText(w io.Writer, l Layout) error {
	p := &page{Report: &Report{}, writing: writing{l.ASCII, l.Whole}, width: l.Width}
	p.add(p.safe(v.File), ": ")
	if v.Format != "" {
		p.add(v.Format, ", ", count(int64(len(v.Tensors)), "tensor"), ", ")
	}
	p.add(count(int64(len(v.Findings)), "finding"), "\n")
	if len(v.Tensors) > 0 {
		t := sheet{{Title: "tensor"}, {Title: "dtype", Expend: 1}, {Title: "shape", Expend: 2}, {Title: "sha256"}}
		for _, h := range v.Tensors {
			t.append(p.safe(h.Name), p.dtype(h.DType), p.shape(h.Shape), h.SHA256)
		}
		p.add("\n", t.fit(p.width, p.writing).String())
	}
	if len(v.Findings) > 0 {
		p.add("\nfindings\n")
		for i, f := range v.Findings {
			if i == mostFindings {
				p.add("  ", p.mark(), " and ", humanize.Comma(int64(len(v.Findings)-i)), " more\n")
				break
			}
			p.add("  ", p.safe(f), "\n")
		}
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// WriteJSON writes the verification as one JSON object on a line of its own, safe to print: a manifest.
func (v *Verification) WriteJSON(w io.Writer) error { return writeJSON(w, v) }
