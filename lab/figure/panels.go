package figure

// Panels sets two figures side by side and those that follow below; on a narrow screen, one below another.
type Panels []Panel

// Panel is a figure with a title of its own.
type Panel struct {
	Title  string
	Figure Figure
}

func (ps Panels) draw(c *canvas) float64 {
	const gap = 16.0
	columns := min(2, len(ps))
	if c.narrow() {
		columns = 1
	}
	width := (c.width - gap*float64(columns-1)) / float64(columns)
	y, below, head := 0.0, 0.0, 0.0
	for i, p := range ps {
		if i%columns == 0 {
			y, head = below, 10+15*float64(titleLines(ps[i:min(i+columns, len(ps))], width))
		}
		x := float64(i%columns) * (width + gap)
		for k, line := range p.title(width) {
			c.text(x+margin, y+16+15*float64(k), "start", "n", line)
		}
		own := &canvas{width: width}
		height := p.Figure.draw(own)
		c.place(x, y+head, own)
		below = max(below, y+head+height)
	}
	return below
}

// title returns the lines of a panel's title.
func (p Panel) title(width float64) []string { return wrap(p.Title, width-2*margin, textSize) }

// titleLines is how many lines the longest title of a row has: figures side by side begin at one height.
func titleLines(row []Panel, width float64) (most int) {
	for _, p := range row {
		most = max(most, len(p.title(width)))
	}
	return most
}
