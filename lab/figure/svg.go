package figure

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Widths that pictures are drawn for, in pixels: a page, and a phone held upright.
const (
	Wide   = 720
	Narrow = 340
)

// Figure is something to draw.
type Figure interface {
	// draw paints into the canvas, whose width is set, and returns the height that it took.
	draw(c *canvas) (height float64)
}

// Caption is what a picture says in words.
type Caption struct {
	Title  string // the sentence that the picture makes visible
	Detail string // how it was made, for those who cannot see it
	Shown  bool   // write the title above the picture: for a file that stands alone
}

// SVG draws a figure of a width in pixels.
func SVG(f Figure, caption Caption, width float64) string {
	c := &canvas{width: width}
	height := f.draw(c)
	var title canvas
	above := 0.0
	if caption.Shown {
		for _, line := range wrap(caption.Title, width-2*margin, titleSize*boldness) {
			above += 1.4 * titleSize
			title.text(margin, above, "start", "t", line)
		}
		above += titleSize
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" viewBox="0 0 %s %s" width="%s" height="%s">`,
		px(width), px(above+height), px(width), px(above+height))
	fmt.Fprintf(&b, "\n<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n", escape(caption.Title), escape(caption.Detail), style)
	b.WriteString(`<rect class="paper" width="100%" height="100%"/>` + "\n" + title.b.String())
	fmt.Fprintf(&b, `<g transform="translate(0 %s)">`+"\n%s</g>\n</svg>\n", px(above), c.b.String())
	return b.String()
}

// Sizes of text and of the room around a picture, in pixels.
const (
	textSize  = 12
	smallSize = 10.5
	titleSize = 15
	margin    = 8
)

// boldness is how much wider than others the letters of a title are, in the widest of the usual typefaces.
const boldness = 1.1

// canvas gathers elements.
type canvas struct {
	b     strings.Builder
	width float64
}

// narrow tells whether the picture is for a small screen.
func (c *canvas) narrow() bool { return c.width < 500 }

func (c *canvas) text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" text-anchor="%s" class="%s">%s</text>`+"\n", px(x), px(y), anchor, class, escape(s))
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&c.b, `<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>`+"\n", px(x1), px(y1), px(x2), px(y2), class)
}

func (c *canvas) rect(x, y, w, h float64, attributes string) {
	fmt.Fprintf(&c.b, `<rect x="%s" y="%s" width="%s" height="%s" %s/>`+"\n", px(x), px(y), px(w), px(h), attributes)
}

// path draws lines through points; closed makes an area of them.
func (c *canvas) path(points [][2]float64, closed bool, attributes string) {
	if len(points) == 0 {
		return
	}
	var d strings.Builder
	for i, p := range points {
		command := "L"
		if i == 0 {
			command = "M"
		}
		d.WriteString(command + px(p[0]) + " " + px(p[1]))
	}
	if closed {
		d.WriteString("Z")
	}
	fmt.Fprintf(&c.b, `<path d="%s" %s/>`+"\n", d.String(), attributes)
}

// place puts what another canvas holds at a place in this one.
func (c *canvas) place(x, y float64, other *canvas) {
	fmt.Fprintf(&c.b, `<g transform="translate(%s %s)">`+"\n%s</g>\n", px(x), px(y), other.b.String())
}

// px writes a coordinate with one decimal at most.
func px(v float64) string {
	s := fmt.Sprintf("%.1f", v)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func escape(s string) string { return escapes.Replace(strings.ToValidUTF8(s, "\uFFFD")) }

// textWidth is about how many pixels a text takes.
func textWidth(s string, size float64) float64 {
	return 0.56 * size * float64(utf8.RuneCountInString(s))
}

// fit shortens a text to a width, in its middle: names often differ at their ends.
func fit(s string, width, size float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	runes := []rune(s)
	cut := func(kept int) string { return string(runes[:(kept+1)/2]) + "…" + string(runes[len(runes)-kept/2:]) }
	kept := len(runes) - 1
	for kept > 1 && textWidth(cut(kept), size) > width {
		kept--
	}
	return cut(kept)
}

// nameShare is how much of a picture's width names may take.
const nameShare = 0.3

// wrap cuts a text at blanks into lines that fit a width.
func wrap(s string, width, size float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		switch next := strings.TrimSpace(line + " " + word); {
		case line == "" || textWidth(next, size) <= width:
			line = next
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
