package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/heft-ml/heft/lab/figure"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"cell": cell, "number": isNumber, "words": strings.Fields}).Parse(pageText))

// pageSection is a section with its pictures drawn, for wide screens and paper and for narrow screens.
type pageSection struct {
	Section
	Wide, Narrow template.HTML
}

// WritePage writes the page that stands alone.
func (r *Report) WritePage(w io.Writer) error {
	data := struct {
		*Report
		Sections []pageSection
	}{Report: r}
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
