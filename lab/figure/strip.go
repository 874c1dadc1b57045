package figure

import (
	"fmt"
	"math"
	"strconv"
)

// Strip is a table of shares as colours: a row for each name, a column for each step, the percent written in the cell. On a
// narrow screen each name stands above its row or, with more columns than have room there, the rows become columns.
type Strip struct {
	Rows    []string
	Columns []string
	Label   string      // of the columns: "hidden layer"
	Shares  [][]float64 // by row and column; NaN where there is none
}

func (s Strip) draw(c *canvas) float64 {
	most := 20
	if c.narrow() {
		most = 24
	}
	columns := Spaced(len(s.Columns), most)
	switch {
	case c.narrow() && len(columns) <= stacked:
		return s.drawStacked(c, columns)
	case c.narrow():
		return s.drawTall(c, columns)
	}
	left := textWidth(s.Label, textSize) + 2*margin
	for _, r := range s.Rows {
		left = math.Max(left, textWidth(fit(r, nameShare*c.width, textSize), textSize)+2*margin)
	}
	w, h := (c.width-left-margin)/float64(len(columns)), 26.0
	c.text(margin, 14, "start", "m", s.Label)
	head := s.drawHead(c, columns, left, 14, w)
	for r, row := range s.Rows {
		y := head + float64(r)*(h+2)
		c.text(left-margin, y+h/2+4, "end", "n", fit(row, nameShare*c.width, textSize))
		for i, k := range columns {
			cell(c, left+float64(i)*w, y, w-1.5, h, s.Shares[r][k])
		}
	}
	return head + float64(len(s.Rows))*(h+2) + margin
}

// stacked is how many columns have room side by side on a narrow screen.
const stacked = 6

// drawHead writes the names of columns, in lines that fit, the first at a height, and returns where the cells may begin.
func (s Strip) drawHead(c *canvas, columns []int, left, top, w float64) float64 {
	below := top
	for i, k := range columns {
		for j, line := range wrap(s.Columns[k], w-4, smallSize) {
			at := top + 12*float64(j)
			c.text(left+(float64(i)+.5)*w, at, "middle", "s", fit(line, w, smallSize))
			below = math.Max(below, at)
		}
	}
	return below + 6
}

// drawStacked has each name above its row.
func (s Strip) drawStacked(c *canvas, columns []int) float64 {
	const h = 22.0
	w := (c.width - 2*margin) / float64(len(columns))
	c.text(margin, 14, "start", "m", s.Label)
	y := s.drawHead(c, columns, margin, 30, w)
	for r, row := range s.Rows {
		c.text(margin, y+13, "start", "n", fit(row, c.width-2*margin, textSize))
		for i, k := range columns {
			cell(c, margin+float64(i)*w, y+18, w-1.5, h, s.Shares[r][k])
		}
		y += 18 + h + 5
	}
	return y + margin
}

// drawTall has the layers one below another.
func (s Strip) drawTall(c *canvas, columns []int) float64 {
	const left, h = 30, 19.0
	w := (c.width - left - margin) / float64(len(s.Rows))
	head := 0.0
	for i, row := range s.Rows { // two neighbours of long names would meet: every other one stands lower
		lower := float64(i % 2 * 12)
		text := fit(row, 1.5*w-2+margin/2, smallSize)
		at, half := left+(float64(i)+.5)*w, textWidth(text, smallSize)/2
		c.text(math.Max(half, math.Min(at, c.width-half)), 14+lower, "middle", "s", text)
		head = math.Max(head, 20+lower)
	}
	for j, k := range columns {
		y := head + float64(j)*(h+1.5)
		c.text(left-6, y+h/2+4, "end", "s", s.Columns[k])
		for i := range s.Rows {
			cell(c, left+float64(i)*w, y, w-1.5, h, s.Shares[i][k])
		}
	}
	bottom := head + float64(len(columns))*(h+1.5)
	c.text(margin, bottom+16, "start", "m", s.Label)
	return bottom + 24
}

// cell draws one share.
func cell(c *canvas, x, y, w, h, share float64) {
	if share != share {
		c.rect(x, y, w, h, `class="grayarea"`)
		c.text(x+w/2, y+h/2+4, "middle", "s", "∞")
		return
	}
	r, g, b := cividis(share)
	c.rect(x, y, w, h, fmt.Sprintf(`fill="#%02x%02x%02x"`, r, g, b))
	ink := "#ffffff" // with this limit either ink has a contrast of 4.6:1 or more
	if 0.299*float64(r)+0.587*float64(g)+0.114*float64(b) > 117 {
		ink = "#000000"
	}
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" text-anchor="middle" style="font-size:10.5px;fill:%s">%s</text>`+"\n",
		px(x+w/2), px(y+h/2+4), ink, escape(percentIn(share, w)))
}

// percentIn is a percent without its sign where a cell has no room for it.
func percentIn(share, width float64) string {
	if width >= 36 {
		return Percent(share)
	}
	switch p := math.Round(100 * share); {
	case p == 0 && share > 0:
		return "<1"
	case p == 100 && share < 1:
		return ">99"
	default:
		return strconv.Itoa(int(p))
	}
}

// cividisStops are colours of the map cividis (Nuñez, Anderton and Renslow 2018, arXiv:1712.01662), a tenth apart: from
// dark blue to yellow, evenly for the eye, and for colour-blind eyes too.
var cividisStops = [][3]float64{
	{0, 34, 78}, {8, 51, 112}, {53, 69, 108}, {79, 87, 108}, {102, 105, 112}, {125, 124, 120},
	{148, 142, 119}, {174, 163, 113}, {200, 184, 102}, {229, 207, 82}, {254, 232, 56},
}

// cividis returns the colour of a share.
func cividis(share float64) (r, g, b uint8) {
	at := math.Min(math.Max(share, 0), 1) * float64(len(cividisStops)-1)
	i := min(int(at), len(cividisStops)-2)
	var rgb [3]uint8
	for k := range rgb {
		lo, hi := cividisStops[i][k], cividisStops[i+1][k]
		rgb[k] = uint8(math.Round(lo + (hi-lo)*(at-float64(i))))
	}
	return rgb[0], rgb[1], rgb[2]
}
