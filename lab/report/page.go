package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/lab/figure"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"cell": cell, "number": isNumber}).Parse(pageText))

// pageSection is a section with its pictures drawn, for wide screens and paper and for narrow screens.
type pageSection struct {
	Section
	Wide, Narrow template.HTML
}

// WritePage writes the page that stands alone.
func (r *Report) WritePage(w io.Writer) error {
	f := r.findings
	data := struct {
		Title, Command string
		Answer         []string
		Sections       []pageSection
		Settings       [][2]string
		Seeds          int
	}{
		Title: fmt.Sprintf("%s of one network: %s, %s of %d %s units", many(len(f.Cases), "start"), f.Setup.Data,
			many(f.Setup.Depth, "hidden layer"), f.Setup.Width, f.Setup.Activation),
		Command: f.Command(), Answer: r.Answer, Settings: r.settings(), Seeds: f.Seeds,
	}
	for _, s := range r.Sections {
		caption := figure.Caption{Title: s.Title, Detail: r.detail(s)}
		data.Sections = append(data.Sections, pageSection{
			Section: s,
			// Pictures are written by package figure, which escapes all text.
			Wide:   template.HTML(figure.SVG(s.Figure, caption, figure.Wide)),
			Narrow: template.HTML(figure.SVG(s.Figure, caption, figure.Narrow)),
		})
	}
	return page.Execute(w, data)
}

// settings lists everything that decides the numbers.
func (r *Report) settings() [][2]string {
	f := r.findings
	s := f.Setup
	var starts []string
	for _, c := range f.Cases {
		starts = append(starts, fmt.Sprintf("%s: %s", c.Name, c.Scheme))
	}
	optimizer := fmt.Sprintf("%s, learning rate %v", s.Optimizer, s.LR)
	if s.Momentum != 0 {
		optimizer += fmt.Sprintf(", momentum %v", s.Momentum)
	}
	seeds := fmt.Sprint(s.Seed)
	if f.Seeds > 1 {
		seeds = fmt.Sprintf("%d to %d", s.Seed, s.Seed+uint64(f.Seeds)-1)
	}
	return [][2]string{
		{"data", fmt.Sprintf("%s: %d training samples of %s in %d classes, scaled to mean 0 and standard deviation 1",
			s.Data, f.Train.Len(), many(f.Train.Features(), "number"), len(f.Train.Classes))},
		{"network", fmt.Sprintf("%s of %d units, %s", many(s.Depth, "hidden layer"), s.Width, s.Activation)},
		{"starts", strings.Join(starts, "; ")},
		{"training", fmt.Sprintf("%s, %d steps of %d samples", optimizer, s.Steps, s.Batch)},
		{"seeds", seeds},
		{"version", fmt.Sprintf("heft %s, vector instructions: %s", heft.Version, autograd.SIMD())},
	}
}

// cell writes a value of a table.
func cell(v any) string {
	if x, ok := v.(float64); ok {
		return figure.Number(x)
	}
	return fmt.Sprint(v)
}

func isNumber(v any) bool {
	_, text := v.(string)
	return !text
}
