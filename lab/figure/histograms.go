package figure

import "math"

// Histograms sets densities in rows and columns: each row has one range of x, each cell its own height.
type Histograms struct {
	Columns []string // names
	Rows    []HistogramRow
}

// HistogramRow is a row of cells with the name of what they are of.
type HistogramRow struct {
	Name  string
	Color int
	Cells []HistogramCell
}

// HistogramCell is one density.
type HistogramCell struct {
	Lo, Hi  float64
	Density []float64 // over bins of equal width from Lo to Hi; none: all values are Lo
	Mean    float64
	Zero    float64 // share that is exactly 0: drawn as a bar of its own, in place of the bin that holds it
	Broken  bool    // some values are not finite
}

// spikeShare is from which share on zeros stand out of a histogram, and spike how wide a bar for one value is, in pixels.
const (
	spikeShare = 0.2
	spike      = 2.4
)

func (h Histograms) draw(c *canvas) float64 {
	columns := h.shown(c.narrow())
	const rowHeight, gap, head = 46, 6, 20
	left := 0.0
	for _, r := range h.Rows {
		left = math.Max(left, math.Max(textWidth(fit(r.Name, nameShare*c.width, textSize), textSize), textWidth(r.rangeText(), smallSize))+2*margin)
	}
	if c.narrow() {
		left = margin
	}
	cell := (c.width - left - margin - gap*float64(len(columns)-1)) / float64(len(columns))
	for i, k := range columns {
		c.text(left+float64(i)*(cell+gap)+cell/2, 14, "middle", "s", h.Columns[k])
	}
	y := float64(head)
	for _, r := range h.Rows {
		if c.narrow() { // the name has a line of its own
			y += 18
			c.text(left, y-4, "start", "n", fit(r.Name, c.width/2, textSize))
			c.text(c.width-margin, y-4, "end", "s", r.rangeText())
		} else {
			c.text(margin, y+rowHeight/2, "start", "n", fit(r.Name, nameShare*c.width, textSize))
			c.text(margin, y+rowHeight/2+16, "start", "s", r.rangeText())
		}
		lo, hi := r.span()
		for i, k := range columns {
			x := left + float64(i)*(cell+gap)
			r.Cells[k].draw(c, x, y, cell, rowHeight, lo, hi, r.Color)
		}
		y += rowHeight + 14
	}
	return y
}

// rangeText says from where to where all cells of a row go.
func (r HistogramRow) rangeText() string {
	lo, hi := r.span()
	return Number(lo) + " to " + Number(hi)
}

// shown returns which columns there is room for: first and last always.
func (h Histograms) shown(narrow bool) []int {
	most := 8
	if narrow {
		most = 4
	}
	return Spaced(len(h.Columns), most)
}

// Spaced returns at most so many of n numbers that count from 0, evenly spaced, with the first and the last.
func Spaced(n, most int) []int {
	if n <= most {
		most = n
	}
	chosen := make([]int, most)
	for i := range chosen {
		if most > 1 {
			chosen[i] = int(math.Round(float64(i) * float64(n-1) / float64(most-1)))
		}
	}
	return chosen
}

// span is the one range of a row.
func (r HistogramRow) span() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, cell := range r.Cells {
		lo, hi = min(lo, cell.Lo), max(hi, cell.Hi)
	}
	if !(lo < hi) {
		if lo-lo != 0 {
			lo = 0
		}
		half := math.Max(1, math.Abs(lo))
		return lo - half, lo + half
	}
	return lo, hi
}

func (h HistogramCell) draw(c *canvas, x, y, w, height, lo, hi float64, color int) {
	at := func(v float64) float64 { return x + w*(v-lo)/(hi-lo) }
	floor := y + height
	c.line(x, floor, x+w, floor, "grid")
	switch {
	case h.Broken && len(h.Density) == 0:
		c.text(x+w/2, y+height/2+4, "middle", "m", "overflow")
		return
	case len(h.Density) == 0 || at(h.Hi)-at(h.Lo) < spike && h.Zero <= spikeShare: // one value, or too narrow for a shape
		c.rect(at((h.Lo+h.Hi)/2)-spike/2, y+4, spike, height-4, area(color)+` style="fill-opacity:1"`)
		return
	}
	bin := (h.Hi - h.Lo) / float64(len(h.Density))
	skip := -1
	if h.Zero > spikeShare {
		skip = min(len(h.Density)-1, int((0-h.Lo)/bin))
	}
	top := 0.0
	for i, d := range h.Density {
		if i != skip {
			top = math.Max(top, d)
		}
	}
	points := [][2]float64{{at(h.Lo), floor}}
	for i, d := range h.Density {
		up := 0.0
		if i != skip && top > 0 {
			up = d / top * (height - 8)
		}
		left := h.Lo + float64(i)*bin
		points = append(points, [2]float64{at(left), floor - up}, [2]float64{at(left + bin), floor - up})
	}
	c.path(append(points, [2]float64{at(h.Hi), floor}), true, area(color))
	if skip >= 0 {
		c.rect(math.Max(x, at(0)-spike/2), y+4, spike, height-4, area(Gray))
		c.text(math.Max(x, at(0))+4, y+12, "start", "s", Percent(h.Zero))
	}
	if h.Mean-h.Mean == 0 {
		c.line(at(h.Mean), floor, at(h.Mean), floor+5, "tick")
	}
}
